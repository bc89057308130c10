// What the pages do beyond HTML. Everything works without it. It asks the server for nothing
// in the background but what "Stay signed in" does.
import { initAll } from './govuk-frontend-4e8b95d53d3c5cba3c62.js'
import { keepLock } from './lock-a2657570e6d6f2bf096d.js'
import { keepMeter } from './meter-e522ed345c9fee83ef42.js'

initAll()
keepLock(document.body.dataset)
keepMeter()

// What the server wants to be read first: the results, what is wrong with a form.
const first = document.querySelector('[data-focus]:not([autofocus])') // the browser sees to those
if (first) {
  if (!first.hasAttribute('tabindex')) {
    first.tabIndex = -1
  }
  first.focus()
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// A page out of the back-forward cache may be of a session that is over.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) {
    window.location.reload()
  }
})

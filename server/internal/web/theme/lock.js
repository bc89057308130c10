// The idle lock. The server says for how long its session lasts when nobody asks it
// anything; two minutes before, we ask whether somebody is there, and at the end the screen
// goes away. The server's session is over by then whether or not this runs.
//
// Only durations are compared. The computer's clock may be wrong, but all windows read the
// same one, so the end that they share through localStorage means the same to each.
const shared = 'mais-lock' // when the screen locks, by this computer's clock, in milliseconds
const warning = 120 // seconds before the end
const steps = [[90, '2 minutes'], [45, '1 minute'], [20, '30 seconds'], [0, 'a few seconds']]

// keepLock starts the lock if the page is one of somebody who is signed in. Its data:
// lockSeconds, the time left, and lockClock, the time of day when the server said so, in
// seconds. On a page that ends a session, signedOut makes the other windows lock.
export function keepLock ({ lockSeconds, lockClock, signedOut }) {
  if (signedOut !== undefined) {
    write(null)
  }
  const seconds = Number(lockSeconds)
  if (!(seconds > 0)) {
    return
  }
  const loaded = Date.now()
  const dialog = makeDialog(stay, signOut)
  let end // by this computer's clock
  let begun // by one that nobody can set back
  let timer

  function restart (until) {
    end = until
    begun = performance.now()
    dialog.close()
    const time = Math.round(Number(lockClock) + (end - loaded) / 1000)
    for (const place of document.querySelectorAll('[data-lock-time]')) {
      place.textContent = clock(time)
    }
    look()
  }

  function look () {
    clearTimeout(timer)
    const left = Math.min((end - Date.now()) / 1000, seconds - (performance.now() - begun) / 1000)
    if (left <= 0) {
      lock()
      return
    }
    const warnFor = Math.min(warning, seconds / 2)
    if (left <= warnFor) {
      dialog.warn(steps.find(([from]) => left > from)[1])
    }
    timer = setTimeout(look, 1000 * (left > warnFor ? left - warnFor : Math.min(left, 1)))
  }

  async function stay () {
    const status = await keep()
    if (status === 204) {
      extend()
    } else if (status === null || status >= 500) {
      dialog.fail()
    } else { // the session is over
      lock()
    }
  }

  function extend () {
    const until = Date.now() + seconds * 1000
    write(until)
    restart(until)
  }

  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === shared && newValue === null) {
      lock() // somebody signed out in another window
    } else if (key === shared && Number(newValue) > end) {
      restart(Number(newValue)) // somebody is busy in another window
    }
  })
  document.addEventListener('visibilitychange', look)
  extend() // this page was asked for, which is activity
}

// keep asks the server to go on, and returns the answer's status, or null without one.
async function keep () {
  try {
    return (await fetch('/session/keep', { method: 'POST', redirect: 'manual', cache: 'no-store' })).status
  } catch {
    return null
  }
}

function lock () {
  window.location.replace('/locked')
}

function signOut () {
  document.querySelector('form[action="/sign-out"]').requestSubmit()
}

function write (until) {
  try {
    if (until === null) {
      localStorage.removeItem(shared)
    } else {
      localStorage.setItem(shared, String(until))
    }
  } catch { // no storage: each window counts for itself
  }
}

function clock (seconds) {
  const minutes = Math.floor(seconds / 60) % 1440
  return [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':')
}

// makeDialog builds the warning node by node: Trusted Types allow no other way.
function makeDialog (stay, signOut) {
  const left = make('strong', {})
  const dialog = make('dialog', { class: 'mais-lock', role: 'alertdialog', 'aria-labelledby': 'lock-title', 'aria-describedby': 'lock-text' },
    make('h2', { class: 'govuk-heading-m', id: 'lock-title' }, 'Are you still there?'),
    make('p', { class: 'govuk-body', id: 'lock-text', 'aria-live': 'polite' }, 'This screen locks in ', left,
      '. What you have typed is lost then.'),
    make('p', { class: 'govuk-error-message', role: 'alert' }),
    make('div', { class: 'govuk-button-group' },
      button('govuk-button', 'Stay signed in', stay), button('govuk-button govuk-button--secondary', 'Sign out', signOut)))
  const failure = dialog.querySelector('.govuk-error-message')
  dialog.addEventListener('cancel', (event) => { // Escape: somebody is there
    event.preventDefault()
    stay()
  })
  document.body.append(dialog)
  return {
    warn (words) {
      if (left.textContent !== words) {
        left.textContent = words
      }
      if (!dialog.open) {
        failure.textContent = ''
        dialog.showModal()
      }
    },
    fail () { failure.textContent = 'The service did not answer. Try again.' },
    close () { dialog.close() }
  }
}

function button (className, text, act) {
  const b = make('button', { type: 'button', class: className }, text)
  b.addEventListener('click', act)
  return b
}

function make (name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value)
  }
  element.append(...children)
  return element
}

// The idle lock. The server says for how long its session lasts when nobody asks it
// anything; two minutes before, we ask whether somebody is there, and at the end the screen
// goes away to a page that ends the session. It is over a minute later whether or not this
// runs. And what a page shows for a time only, under emergency access, goes when that is over.
//
// Only durations are compared. The computer's clock may be wrong, but all windows read the
// same one, so the end that they share through localStorage means the same to each.
const shared = 'mais-lock' // when the screen locks, by this computer's clock, in milliseconds
const ended = 'mais-emergency' // when emergency access was ended, by this computer's clock, in milliseconds
const warning = 120 // seconds before the end
const pulse = 10 // seconds: a computer that slept is late by so much, whatever its timers count
const steps = [[90, '2 minutes'], [45, '1 minute'], [20, '30 seconds'], [0, 'a few seconds']]

// keepLock starts the lock if the page is one of somebody who is signed in. Its data:
// lockSeconds, the time left, and lockClock, the time of day when the server said so, in
// seconds. On a page that ends a session, signedOut makes the other windows lock.
export function keepLock (data) {
  const { lockSeconds, lockClock, signedOut } = data
  if (signedOut !== undefined) {
    write(shared, null)
  }
  const seconds = Number(lockSeconds)
  if (!(seconds > 0)) {
    return
  }
  const loaded = Date.now()
  const dialog = makeDialog(stay, signOut)
  const shortLeft = keepShort(data)
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
      lock() // before anything that would be a use of the session
      return
    }
    if (shortLeft() <= 0) {
      window.location.reload() // and stays where the reader is
      return
    }
    const warnFor = Math.min(warning, seconds / 2)
    if (left <= warnFor) {
      dialog.warn(steps.find(([from]) => left > from)[1])
    }
    const next = left > warnFor ? Math.min(left - warnFor, pulse) : Math.min(left, 1)
    timer = setTimeout(look, 1000 * Math.min(next, shortLeft()))
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
    write(shared, until)
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
  window.addEventListener('pageshow', look)
  extend() // this page was asked for, which is activity
}

// keepShort is for what the page shows for a time only. It returns what tells how many seconds
// of it are left; data's reloadIn are those at first. Emergency access that was ended early is
// over for the other windows once the page that follows has come.
function keepShort ({ reloadIn }) {
  if (take(ended)) {
    write(ended, Date.now())
  }
  for (const form of document.querySelectorAll('form[action$="/emergency/end"]')) {
    form.addEventListener('submit', () => note(ended))
  }
  const seconds = Number(reloadIn)
  if (!(seconds > 0)) {
    return () => Infinity
  }
  const loaded = Date.now()
  const begun = performance.now()

  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === ended && newValue !== null) {
      window.location.reload()
    }
  })
  return () => seconds - Math.max(Date.now() - loaded, performance.now() - begun) / 1000
}

// note and take pass a word on to the page that comes next in this window.
function note (key) {
  try {
    sessionStorage.setItem(key, '1')
  } catch { // no storage: the other windows wait for the end
  }
}

function take (key) {
  try {
    const there = sessionStorage.getItem(key) !== null
    sessionStorage.removeItem(key)
    return there
  } catch {
    return false
  }
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

function write (key, time) {
  try {
    if (time === null) {
      localStorage.removeItem(key)
    } else {
      localStorage.setItem(key, String(time))
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

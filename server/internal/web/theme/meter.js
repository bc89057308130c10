// The meter of a new password, while it is typed. What is typed is sent nowhere by this. It knows
// a few words where the service knows many thousands, so that it may be too kind: the service's
// verdict is the one that counts. The sums are those of package password (strength.go, rules.go),
// and a test has both judge the same list.
const charBits = 4.5 // of a character that belongs to nothing
const runBits = 5 // of where a run begins and how long it is
const againBits = 2 // of saying once more what was said
const ownBits = 1 // of a word that everybody knows of this user
const wordBits = 7 // of a word that many take, a year, and a phrase known for having been a good password
const shortest = 3 // of a word or a run
const longest = 40
const worth = [34, 50, 66] // from where on it is taken, good and strong

const words = new Set(('password passwort welcome letmein iloveyou love admin login master dragon monkey shadow sunshine princess football ' +
  'baseball superman batman secret freedom whatever summer winter spring autumn january february march april june july august september ' +
  'october november december monday tuesday wednesday thursday friday saturday sunday charlie michael liverpool chelsea arsenal everton ' +
  'rangers celtic england london police officer nurse doctor prison hospital custody probation hello flower computer internet').split(' '))
const famous = new Set(['correct horse battery staple', 'four random common words'].flatMap((phrase) => [' ', '', '-', '_', '.'].map((between) => phrase.replaceAll(' ', between))))
const year = /^(19|20)[0-9]{2}$/
const rows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'azertyuiop', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p']
const letters = { 0: 'o', 1: 'l', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i', '€': 'e' }

// judge returns what a password is worth, 0 to 3, and why it would not be taken: "short", "long",
// "own" (as "expected", with something of the user in it), "expected", or "". about are texts about the user.
export function judge (typed, about, least, most) {
  const text = [...typed.normalize('NFC').replace(/\p{Zs}/gu, ' ')]
  if (text.length > most) {
    return { step: 0, fault: 'long' }
  }
  if (text.length < least) {
    return { step: 0, fault: 'short' }
  }
  const folded = [...text.join('').toLowerCase()]
  const bits = bitsOf(folded, ownWords(about))
  const step = worth.filter((from) => bits >= from).length
  if (step > 0) {
    return { step, fault: '' }
  }
  return { step, fault: bits < bitsOf(folded, new Set()) ? 'own' : 'expected' }
}

// bitsOf takes the cheapest way to put it together.
function bitsOf (text, own) {
  const best = [0]
  for (let end = 1; end <= text.length; end++) {
    best[end] = best[end - 1] + charBits
    for (let start = Math.max(0, end - longest); start <= end - shortest; start++) {
      best[end] = Math.min(best[end], best[start] + pieceBits(text, start, end, own))
    }
  }
  return best[text.length]
}

function pieceBits (text, start, end, own) {
  const piece = text.slice(start, end)
  const word = piece.join('')
  const plain = piece.map((c) => letters[c] || c).join('')
  let bits = Infinity
  if (words.has(word) || words.has(plain) || famous.has(word) || famous.has(plain) || year.test(word)) {
    bits = wordBits
  }
  if (own.has(word) || own.has(plain)) {
    bits = ownBits
  }
  if (isRun(piece)) {
    bits = Math.min(bits, runBits)
  }
  if (text.slice(0, start).join('').includes(word)) {
    bits = Math.min(bits, againBits)
  }
  return bits
}

// isRun reports whether each character is the one before, or its neighbour, in one direction.
function isRun (piece) {
  const codes = piece.map((c) => c.codePointAt(0))
  const step = codes[1] - codes[0]
  if (Math.abs(step) <= 1 && codes.every((code, n) => n === 0 || code - codes[n - 1] === step)) {
    return true
  }
  const there = piece.join('')
  const back = [...piece].reverse().join('')
  return rows.some((row) => row.includes(there) || row.includes(back))
}

// ownWords are the words of texts: whole, and in parts.
function ownWords (about) {
  const own = new Set()
  for (const text of about) {
    const parts = text.toLowerCase().split(/[^\p{L}\p{Nd}]+/u)
    for (const word of [text.toLowerCase(), parts.join(''), ...parts]) {
      if (word.length >= shortest) {
        own.add(word)
      }
    }
  }
  return own
}

const said = ['', 'Fair: this is enough. Longer is better.', 'Good.', 'Strong.']
const unknown = ' Your name must not be in it: that is looked at when you send it.'
const faults = {
  long: 'Too long.',
  own: 'It has your own name or address in it.',
  expected: 'Easy to guess: a common word or phrase, a run, a year or a repeat.'
}

// keepMeter shows what each new password of the page is worth, and where the page does not know whose
// it is, that their name is looked for later. The words come when typing rests, so that who hears the
// page is not told of every key.
export function keepMeter () {
  for (const input of document.querySelectorAll('input[data-meter]')) {
    const { meter, line } = boxes(input)
    let resting
    const show = () => {
      const { step, fault } = judge(input.value, aboutOf(input), Number(input.dataset.least), Number(input.dataset.most))
      meter.hidden = input.value === ''
      meter.value = step
      meter.textContent = `${step} of 3`
      clearTimeout(resting)
      resting = setTimeout(() => { line.textContent = input.value === '' ? '' : saying(input, step, fault) }, 600)
    }
    input.addEventListener('input', show)
    show()
  }
}

function saying (input, step, fault) {
  if (fault === 'short') {
    return `${[...input.value].length} of at least ${input.dataset.least} characters.`
  }
  return faults[fault] || said[step] + (input.dataset.meter ? '' : unknown)
}

// aboutOf are the texts about the user: those that the page says, and the address that was typed.
function aboutOf (input) {
  const typed = document.getElementById('email')
  return [...(input.dataset.meter || '').split('\n'), typed ? typed.value : ''].filter((text) => text !== '')
}

function boxes (input) {
  const meter = document.createElement('meter')
  meter.min = 0
  meter.max = 3
  meter.setAttribute('aria-label', 'What the password is worth')
  const line = document.createElement('p')
  line.className = 'govuk-hint mais-worth__line'
  line.id = `${input.id}-worth`
  line.setAttribute('aria-live', 'polite')
  const beside = document.createElement('div')
  beside.className = 'mais-worth'
  beside.append(line, meter)
  input.classList.add('mais-worth__field')
  input.after(beside)
  return { meter, line }
}

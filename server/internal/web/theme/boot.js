// Says, before anything is drawn, that scripts run. GOV.UK has this line inline; our
// Content-Security-Policy runs nothing inline.
document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype) {
  document.body.classList.add('govuk-frontend-supported')
}

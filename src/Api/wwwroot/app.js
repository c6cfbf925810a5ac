// What has to happen in the browser itself: the time zone, presses, the Credits panel, one person for all tabs, and coming back after a lost connection.

window.connectTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;

{
  // A press that began on a button is a press of that button, even when an answer from the server moves it before it is let go. Whoever moves the pointer off where the button was changed their mind.
  const pressable = 'button, a[href], summary, label, input[type="radio"], input[type="checkbox"]';
  let pressed;
  const letGo = () => {
    if (pressed?.target.hasPointerCapture(pressed.id)) pressed.target.releasePointerCapture(pressed.id);
    pressed = undefined;
  };
  document.addEventListener('pointerdown', event => {
    const target = event.button === 0 && event.pointerType === 'mouse' ? event.target.closest?.(pressable) : null;
    if (!target) return;
    pressed = { target, id: event.pointerId, place: target.getBoundingClientRect() };
    target.setPointerCapture(event.pointerId);
  });
  document.addEventListener('pointermove', event => {
    if (!pressed || event.pointerId !== pressed.id) return;
    const { left, right, top, bottom } = pressed.place;
    if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) letGo();
  });
  document.addEventListener('lostpointercapture', () => { pressed = undefined; });
}

// Hover, focus, click and Enter open the panel; Escape, leaving it, or following a link closes it.
window.connectCreditsPanel = root => {
  const button = root.querySelector('button');
  const panel = root.querySelector('section');
  const leaveDelay = 250;
  let pinned = false;
  let leaving;
  let opened = 0;

  const show = open => {
    clearTimeout(leaving);
    if (open && panel.hidden) opened = performance.now();
    if (!open) pinned = false;
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  };
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => show(false), leaveDelay);
  };

  const on = {
    pointerenter: event => { if (event.pointerType === 'mouse') show(true); },
    pointerleave: event => { if (event.pointerType === 'mouse' && !pinned && !root.contains(document.activeElement)) leave(); },
    focusin: event => { if (event.target !== button || button.matches(':focus-visible')) show(true); },
    focusout: event => { if (!root.contains(event.relatedTarget)) show(false); },
    keydown: event => {
      if (event.key !== 'Escape' || panel.hidden) return;
      event.stopPropagation();
      if (panel.contains(document.activeElement)) button.focus();
      show(false);
    },
    click: event => {
      if (event.target.closest('a')) { show(false); return; }
      if (!event.target.closest('button')) return;
      // The same gesture may have opened it by hovering or focusing an instant ago: then it stays open.
      if (!panel.hidden && (pinned || performance.now() - opened > 400)) { show(false); return; }
      show(true);
      pinned = true;
    },
  };
  const outside = event => { if (!root.contains(event.target)) show(false); };

  for (const [name, listener] of Object.entries(on)) root.addEventListener(name, listener);
  document.addEventListener('pointerdown', outside);
  root.dataset.ready = 'true';
  return {
    dispose: () => {
      clearTimeout(leaving);
      for (const [name, listener] of Object.entries(on)) root.removeEventListener(name, listener);
      document.removeEventListener('pointerdown', outside);
    },
  };
};

{
  // Who signs in or out in one tab does so in all of them: a page that was left open does not go on as somebody who has gone.
  const person = document.querySelector('meta[name="person"]')?.content ?? '';
  window.addEventListener('storage', event => { if (event.key === 'person' && event.newValue !== person) location.reload(); });
  try { localStorage.setItem('person', person); } catch { /* Nothing is kept here, so nothing is told. */ }
}

// A server that is away for a moment is asked every second: by itself Blazor asks ten times at once, and then leaves the page waiting for up to half a minute after the server is back.
document.addEventListener('DOMContentLoaded', () => {
  Blazor.start({ circuit: { reconnectionOptions: { maxRetries: 30, retryIntervalMilliseconds: attempt => attempt === 0 ? 0 : 1000 } } });
});

{
  // When the server no longer knows this page (it restarted, or it waited too long), load it again as soon as the server answers.
  const modal = document.getElementById('components-reconnect-modal');
  const comeBack = async () => {
    try {
      const answer = await fetch('/health/ready', { cache: 'no-store' });
      if (answer.ok) { location.reload(); return; }
    } catch { /* Still away. */ }
    setTimeout(comeBack, 1000);
  };
  modal?.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'failed' || event.detail.state === 'rejected') comeBack();
  });
}

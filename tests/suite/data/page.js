// What a browser says of a page of ours, as one object; the test compares it.
(async () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className}#${element.id}`;
  all("details").forEach((details) => { details.open = true; });

  const isShown = (element) => element.checkVisibility();
  const fitted = () => document.documentElement.scrollWidth <= window.innerWidth;

  // Everything that can be operated takes the focus, and shows it.
  const operable = all("a[href], button, input, select, summary, [tabindex='0']").filter(isShown);
  const unfocusable = operable.filter((element) => {
    element.focus({ focusVisible: true, preventScroll: true });
    const outline = getComputedStyle(element).outlineStyle;
    return document.activeElement !== element || element.tabIndex < 0 || outline === "none";
  });

  // Text against what stands behind it, by WCAG's measure.
  const channels = (text) => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return numbers.length < 4 ? [...numbers, 1] : numbers;
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return channels(getComputedStyle(document.body).backgroundColor);
  };
  const opacity = (element) =>
    element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1;
  const contrast = (element) => {
    const back = behind(element);
    const colour = channels(getComputedStyle(element).color);
    const share = colour[3] * opacity(element);
    const front = [0, 1, 2].map((index) => colour[index] * share + back[index] * (1 - share));
    const [low, high] = [luminance(front), luminance(back)].sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  const measured = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const isText = walker.currentNode.textContent.trim() && !["SCRIPT", "STYLE"].includes(element.tagName);
    const key = `${name(element)} in ${name(element.parentElement)}`;
    if (isText && !measured.has(key)) measured.set(key, contrast(element));
  }
  const faint = [...measured].filter(([, ratio]) => ratio < 4.5);

  const attributes = all("*").flatMap((element) => [...element.attributes].map(
    (attribute) => ({ element, name: attribute.name, value: attribute.value })));
  const addresses = attributes.filter(({ name }) =>
    ["src", "href", "action", "data", "srcset", "formaction", "poster"].includes(name));
  return {
    title: document.title,
    isDark: matchMedia("(prefers-color-scheme: dark)").matches,
    paper: getComputedStyle(document.body).backgroundColor,
    isFitted: fitted(),
    operable: operable.length,
    unfocusable: unfocusable.map(name),
    faint: faint.map(([key, ratio]) => `${key} ${ratio.toFixed(2)}`),
    handlers: attributes.filter(({ name }) => name.startsWith("on")).map(({ element }) => name(element)),
    leaving: addresses.filter(({ value }) => !value.startsWith("#") && value !== "data:,")
      .map(({ value }) => value),
    scripts: all("script").length,
    frames: all("iframe, object, embed, img, video, audio, link:not([rel='icon']), base").length,
    text: document.body.innerText,
  };
})()

"use strict";
// How a page says numbers, years and pounds, and marks an estimate.
const estateSay = (() => {
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const count = (number) => Math.round(number).toLocaleString("en-GB");
  const year = (value) => (value === null ? "" : `${value}/${String((value + 1) % 100).padStart(2, "0")}`);
  const pounds = (value) => (Math.round(value) < 0 ? "−£" : "£") + Math.abs(Math.round(value)).toLocaleString("en-GB");

  // Three figures of large sums: £2.34 million.
  function shortPounds(value) {
    const size = Math.abs(value);
    if (size < 999999.5) return pounds(value);
    const [unit, word] = size >= 999950000 ? [1e9, "billion"] : [1e6, "million"];
    return `${value < 0 ? "−" : ""}£${(size / unit).toFixed(size / unit >= 9.995 ? 1 : 2)} ${word}`;
  }

  function estimateMark() {
    const made = document.createElement("abbr");
    made.className = "e";
    made.textContent = "e";
    made.title = "rests on an estimate";
    return made;
  }

  const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
  return { plain, count, plural, year, pounds, shortPounds, estimateMark };
})();

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mano.Packages.Documents;

/// <summary>Collects faults: nothing throws for bad input, so that all of it is reported at once.</summary>
internal sealed class FaultList(int max)
{
    private const int MostCharacters = 1000;
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c), '…', '§', '→']);

    private readonly List<Fault> _faults = [];
    private int _dropped;

    /// <summary>Whether more are only counted: nothing needs to be found out for their sentences.</summary>
    internal bool IsFull => _faults.Count >= max;

    internal bool HasErrors { get; private set; }

    internal void Error(string rule, Place at, string message) => Add(FaultSeverity.Error, rule, at, message);

    internal void Warn(string rule, Place at, string message) => Add(FaultSeverity.Warning, rule, at, message);

    internal void Add(FaultSeverity severity, string rule, Place at, string message)
    {
        HasErrors |= severity == FaultSeverity.Error;
        var fault = new Fault(severity, rule, Clean(at.File ?? ""), Clean(at.Path ?? ""), at.Line, Clean(message));
        if (_faults.Count < max)
        {
            _faults.Add(fault);
            return;
        }

        _dropped++;

        // An error must never hide behind warnings that came first.
        var warning = severity == FaultSeverity.Error ? _faults.FindLastIndex(f => f.Severity == FaultSeverity.Warning) : -1;
        if (warning >= 0)
        {
            _faults[warning] = fault;
        }
    }

    /// <summary>
    /// Sentences quote what the author wrote, which may be endless, or made to confuse a terminal: they are cut, and what does not show is
    /// shown as a question mark.
    /// </summary>
    private static string Clean(string text)
    {
        var cut = text.Length <= MostCharacters ? text : text[..(MostCharacters / 2)] + "…" + text[^(MostCharacters / 4)..];
        return cut.AsSpan().IndexOfAnyExcept(Plain) < 0 ? cut : string.Concat(cut.EnumerateRunes().Select(r => IsShown(r) ? r.ToString() : "?"));
    }

    private static bool IsShown(Rune rune) => rune.Value != 0xFFFD && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    internal IReadOnlyList<Fault> All()
    {
        var all = _faults.Distinct().OrderByDescending(f => f.Severity).ToList();
        if (_dropped > 0)
        {
            all.Add(new(FaultSeverity.Warning, "more-faults", "", "", 0,
                $"{_dropped} more faults are not listed; mend these first."));
        }

        return all;
    }
}

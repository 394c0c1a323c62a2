namespace Mano.Packages.Documents;

/// <summary>Collects faults: nothing throws for bad input, so that all of it is reported at once.</summary>
internal sealed class FaultList(int max)
{
    private readonly List<Fault> _faults = [];
    private int _dropped;

    internal bool HasErrors { get; private set; }

    internal void Error(string rule, Place at, string message) => Add(FaultSeverity.Error, rule, at, message);

    internal void Warn(string rule, Place at, string message) => Add(FaultSeverity.Warning, rule, at, message);

    internal void Add(FaultSeverity severity, string rule, Place at, string message)
    {
        HasErrors |= severity == FaultSeverity.Error;
        var fault = new Fault(severity, rule, at.File ?? "", at.Path ?? "", at.Line, message);
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

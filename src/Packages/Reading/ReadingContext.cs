using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>What every attribute reader shares: where faults go, which inputs have values, where records came from.</summary>
internal sealed class ReadingContext(FaultList faults)
{
    internal FaultList Faults { get; } = faults;

    /// <summary>Defaults of the template's inputs; null for an input that is declared without one.</summary>
    internal Dictionary<string, Node?> Inputs { get; } = new(StringComparer.Ordinal);

    internal Sources Sources { get; } = new();

    /// <summary>
    /// True for templates older than MEC 037 (EdgeGallery): what MEC 037 demands and they never had is a warning,
    /// because the applications are real and run.
    /// </summary>
    internal bool Lenient { get; set; }

    /// <summary>An error, or a warning where the dialect never had the attribute.</summary>
    internal void Demand(string rule, Place at, string message) =>
        Faults.Add(Lenient ? FaultSeverity.Warning : FaultSeverity.Error, rule, at, message);
}

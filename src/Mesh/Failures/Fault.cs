using System.Text.Json.Serialization;

namespace Mano.Mesh.Failures;

/// <summary>One fault of a refused (or warned-about) input.</summary>
/// <param name="Path">Path of the offending element as the input spells it: <c>topology_template.node_templates.logic0</c>, <c>Manifest.mf:12</c>.</param>
/// <param name="Message">One sentence: what is wrong there and what would be right.</param>
/// <param name="Severity">How grave it is.</param>
public sealed record Fault(string Path, string Message, FaultSeverity Severity = FaultSeverity.Error)
{
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>How grave a fault is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultSeverity>))]
public enum FaultSeverity
{
    /// <summary>Accepted nevertheless; the fault stays on the record.</summary>
    Warning,

    /// <summary>The input is refused.</summary>
    Error,
}

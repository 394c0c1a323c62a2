using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// What the caller of an instantiation asked that reaches the VIM: said again with every desired state until the instance is
/// nowhere. May hold secrets (values of charts do), so it is never shown.
/// </summary>
internal sealed record InstanceWishes
{
    /// <summary>One JSON object laid over the package's chart values; empty: none.</summary>
    public string ChartValues { get; init => field = value ?? ""; } = "";

    /// <summary>Groups whose members lie on one machine, sorted, with a comma between (a text, so that equal wishes are equal).</summary>
    public string TogetherGroups { get; init => field = value ?? ""; } = "";

    /// <summary>Groups whose members lie on different machines, likewise.</summary>
    public string ApartGroups { get; init => field = value ?? ""; } = "";

    [JsonIgnore]
    public IReadOnlyList<string> Together => Names(TogetherGroups);

    [JsonIgnore]
    public IReadOnlyList<string> Apart => Names(ApartGroups);

    /// <summary>Null where nothing is asked.</summary>
    public static InstanceWishes? Of(string chartValues, PlacementConstraints constraints) =>
        chartValues.Length == 0 && constraints.AffinityGroups.Length + constraints.AntiAffinityGroups.Length == 0 ? null : new()
        {
            ChartValues = chartValues,
            TogetherGroups = Text(constraints.AffinityGroups),
            ApartGroups = Text(constraints.AntiAffinityGroups),
        };

    /// <summary>As it appears wherever a record is printed: values of charts are where passwords go.</summary>
    public override string ToString() =>
        $"{nameof(InstanceWishes)} {{ {ChartValues.Length} characters of chart values, together [{TogetherGroups}], apart [{ApartGroups}] }}";

    private static string Text(ImmutableArray<string> names) => string.Join(',', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

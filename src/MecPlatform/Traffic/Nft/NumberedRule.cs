using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>An active rule with the number by which the kernel knows it.</summary>
/// <param name="Number">1 to <see cref="Marks.LastNumber"/>; it marks the rule's flows.</param>
/// <param name="AppInstanceId">Whose rule.</param>
/// <param name="Rule">As configured.</param>
/// <param name="Instance">Where FORWARD without a destination leads.</param>
internal sealed record NumberedRule(int Number, string AppInstanceId, TrafficRule Rule, ForwardTarget Instance) : IComparable<NumberedRule>
{
    /// <summary>The tunnel of FORWARD with an interface of type TUNNEL; null: none.</summary>
    public NumberedTunnel? Tunnel { get; init; }

    /// <summary>The order of <see cref="CompiledRule"/>: both data planes decide alike.</summary>
    public int CompareTo(NumberedRule? other) =>
        other is null ? -1
        : Rule.Priority != other.Rule.Priority ? Rule.Priority.CompareTo(other.Rule.Priority)
        : AppInstanceId != other.AppInstanceId ? string.CompareOrdinal(AppInstanceId, other.AppInstanceId)
        : string.CompareOrdinal(Rule.Id, other.Rule.Id);
}

/// <summary>
/// How a flow's mark (conntrack's 32 bits) is divided: the rule's number below, above it the generation of the rules by
/// which the flow was looked at last.
/// </summary>
internal static class Marks
{
    public const int LastNumber = 0xfffff;
    public const int Generations = 0x1000;

    public const string NumberMask = "0x000fffff";
    public const string GenerationMask = "0xfff00000";

    /// <summary>The generation in its place.</summary>
    public static string Generation(int generation) => $"0x{(generation % Generations) << 20:x8}";
}

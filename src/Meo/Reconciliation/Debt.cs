using System.Text.Json.Serialization;
using Mano.Meo.Placement;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// What a site still owes: to remove an instance of which the MEO wants nothing any more. Stored under
/// <c>debt/{tenant}/{site}/{instance}</c> in the very commit that gave the instance up, and deleted when the site has said that
/// nothing of it is left.
/// </summary>
internal sealed record Debt
{
    /// <summary>An operation gave the instance up while its site was away.</summary>
    public const string Forced = "FORCED";

    /// <summary>The site had an instance that nobody wanted there.</summary>
    public const string Orphan = "ORPHAN";

    public required string SiteId { get; init; }

    public required string AppInstanceId { get; init; }

    /// <summary>Empty when nobody knows.</summary>
    public string HostId { get; init; } = "";

    /// <summary>Under which the site is told to remove it; higher than any that it was told before.</summary>
    public required long Generation { get; init; }

    /// <summary>What it may occupy on its host until it is removed; counted there as not free.</summary>
    public ResourceAmount Amount { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary><see cref="Forced"/> or <see cref="Orphan"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>The operation that gave it up; empty for an orphan.</summary>
    public string OperationId { get; init; } = "";

    /// <summary>One sentence for people.</summary>
    public string Message { get; init; } = "";
}

[JsonSerializable(typeof(Debt))]
[JsonSerializable(typeof(Finding))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ReconciliationJson : JsonSerializerContext;

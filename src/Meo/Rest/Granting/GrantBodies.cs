using System.Text.Json.Serialization;

namespace Mano.Meo.Rest.Granting;

/// <summary>MEC 010-2 GrantRequest (clause 6.2.4.2): what counts here is who asks for what; how much was decided when the operation was accepted.</summary>
internal sealed record GrantRequest
{
    public string? AppInstanceId { get; init; }

    public string? AppLcmOpOccId { get; init; }

    public string? AppDId { get; init; }

    public string? Operation { get; init; }

    public IReadOnlyList<ResourceDefinition?>? AddResources { get; init; }

    public IReadOnlyList<ResourceDefinition?>? TempResources { get; init; }

    public IReadOnlyList<ResourceDefinition?>? RemoveResources { get; init; }

    public IReadOnlyList<ResourceDefinition?>? UpdateResources { get; init; }
}

/// <summary>MEC 010-2 ResourceDefinition, of which the id alone comes back.</summary>
internal sealed record ResourceDefinition(string? Id);

/// <summary>MEC 010-2 Grant (clause 6.2.4.4).</summary>
internal sealed record GrantBody
{
    public required string Id { get; init; }

    public required string AppInstanceId { get; init; }

    public required string AppLcmOpOccId { get; init; }

    public IReadOnlyList<ZoneInfo>? Zones { get; init; }

    public IReadOnlyList<GrantInfo>? AddResources { get; init; }

    public IReadOnlyList<GrantInfo>? TempResources { get; init; }

    public IReadOnlyList<GrantInfo>? RemoveResources { get; init; }

    public IReadOnlyList<GrantInfo>? UpdateResources { get; init; }

    [JsonPropertyName("_links")]
    public required GrantLinks Links { get; init; }

    /// <param name="grant">As stored.</param>
    /// <param name="lcm">URL of <c>/app_lcm/v1</c>.</param>
    public static GrantBody Of(Meo.Granting.Grant grant, string lcm) => new()
    {
        Id = grant.GrantId,
        AppInstanceId = grant.AppInstanceId,
        AppLcmOpOccId = grant.OperationId,
        Zones = grant.Zone.Length == 0 ? null : [new(grant.Zone, grant.Zone)],
        Links = new(Link.To($"{lcm}/app_lcm_op_occs/{grant.OperationId}".TrimEnd('/')), Link.To($"{lcm}/app_instances/{grant.AppInstanceId}")),
    };

    /// <summary>The same for the resources that were asked for: new ones go into the granted zone.</summary>
    public GrantBody For(GrantRequest request)
    {
        var zone = Zones?[0].Id;
        return this with
        {
            AppLcmOpOccId = request.AppLcmOpOccId!,
            AddResources = Granted(request.AddResources, zone),
            TempResources = Granted(request.TempResources, zone),
            RemoveResources = Granted(request.RemoveResources, null),
            UpdateResources = Granted(request.UpdateResources, null),
        };
    }

    private static IReadOnlyList<GrantInfo>? Granted(IReadOnlyList<ResourceDefinition?>? asked, string? zone) =>
        asked is null ? null : [.. asked.Where(r => r?.Id is not null).Select(r => new GrantInfo(r!.Id!, zone))];
}

/// <summary>MEC 010-2 ZoneInfo.</summary>
internal sealed record ZoneInfo(string Id, string ZoneId);

/// <summary>MEC 010-2 GrantInfo.</summary>
internal sealed record GrantInfo(string ResourceDefinitionId, string? ZoneId);

/// <summary>Its links.</summary>
internal sealed record GrantLinks(Link AppLcmOpOcc, Link AppInstance);

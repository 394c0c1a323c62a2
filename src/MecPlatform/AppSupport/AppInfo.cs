using System.Text.Json;
using System.Text.Json.Serialization;
using Mano.MecPlatform.ServiceRegistry;

namespace Mano.MecPlatform.AppSupport;

/// <summary>What an application says of itself when it registers (MEC 011 v3 AppInfo); null where it said nothing.</summary>
internal sealed record AppInfo
{
    public string? AppName { get; init; }

    public string? AppProvider { get; init; }

    public CategoryRef? AppCategory { get; init; }

    [JsonPropertyName("appDId")]
    public string? AppDId { get; init; }

    public string? AppInstanceId { get; init; }

    public EndPointInfo? Endpoint { get; init; }

    public IReadOnlyList<NeededService>? AppServiceRequired { get; init; }

    public IReadOnlyList<NeededService>? AppServiceOptional { get; init; }

    public IReadOnlyList<NeededFeature>? AppFeatureRequired { get; init; }

    public IReadOnlyList<NeededFeature>? AppFeatureOptional { get; init; }

    /// <summary>Whether MEC management instantiated it; not said: it did not.</summary>
    public bool? IsInsByMec { get; init; }

    /// <summary>An EAS profile (3GPP TS 29.558); kept as it is.</summary>
    public JsonElement? AppProfile { get; init; }
}

/// <summary>MEC 010-2 ServiceDependency, as an application writes it.</summary>
internal sealed record NeededService(string? SerName, CategoryRef? SerCategory, string? Version, JsonElement? SerTransportDependencies, JsonElement? RequestedPermissions);

/// <summary>MEC 010-2 FeatureDependency, as an application writes it.</summary>
internal sealed record NeededFeature(string? FeatureName, string? Version);

/// <summary>A registration as it is kept.</summary>
/// <param name="AppInstanceId">Whose.</param>
/// <param name="Tenant">Whose that is.</param>
/// <param name="Caller">From which address it was made: who speaks for an application that MEC did not instantiate.</param>
/// <param name="Info">What was said, with the id.</param>
internal sealed record AppRegistration(string AppInstanceId, string Tenant, string Caller, AppInfo Info)
{
    /// <summary>An application that MEC management did not instantiate: the platform knows it by this registration alone.</summary>
    [JsonIgnore]
    public bool IsOutsider => Info.IsInsByMec != true;
}

/// <summary>How registrations are kept and shown.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppRegistration))]
internal sealed partial class AppInfoJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack.Cinder;

// The part of the Block Storage API v3 that is used, spelled as it is there.

internal sealed record VolumeList(IReadOnlyList<VolumeDetails> Volumes);

internal sealed record VolumeAnswer(VolumeDetails Volume);

internal sealed record VolumeDetails
{
    public string Id { get; init; } = "";

    public string? Name { get; init; }

    /// <summary>creating, available, attaching, in-use, detaching, deleting, error, ….</summary>
    public string Status { get; init; } = "";

    public long Size { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

internal sealed record CreateVolumeRequest(CreateVolume Volume);

internal sealed record CreateVolume
{
    public required string Name { get; init; }

    public required long Size { get; init; }

    public string? VolumeType { get; init; }

    public string? AvailabilityZone { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }
}

internal sealed record CinderLimitsAnswer(CinderLimits Limits);

internal sealed record CinderLimits(CinderAbsolute Absolute);

internal sealed record CinderAbsolute
{
    [JsonPropertyName("maxTotalVolumeGigabytes")]
    public long MaxGib { get; init; } = -1;

    [JsonPropertyName("totalGigabytesUsed")]
    public long Gib { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VolumeList))]
[JsonSerializable(typeof(VolumeAnswer))]
[JsonSerializable(typeof(CreateVolumeRequest))]
[JsonSerializable(typeof(CinderLimitsAnswer))]
internal sealed partial class CinderJson : JsonSerializerContext;

/// <summary>The Block Storage API, as far as it is used. Without microversions: all of it is in 3.0.</summary>
internal sealed class CinderClient(CloudLink cloud)
{
    /// <summary>All volumes of the project.</summary>
    public async Task<IReadOnlyList<VolumeDetails>> ListAsync(CancellationToken cancellationToken)
    {
        const int page = 1000;
        var all = new List<VolumeDetails>();
        while (true)
        {
            var marker = all.Count == 0 ? "" : "&marker=" + all[^1].Id;
            var next = await cloud.AskAsync(Request(HttpMethod.Get, $"volumes/detail?limit={page}{marker}"), CinderJson.Default.VolumeList, cancellationToken);
            all.AddRange(next.Volumes);
            if (next.Volumes.Count < page)
            {
                return all;
            }
        }
    }

    public async Task<VolumeDetails> CreateAsync(CreateVolume volume, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Request(HttpMethod.Post, "volumes").With(new CreateVolumeRequest(volume), CinderJson.Default.CreateVolumeRequest), CinderJson.Default.VolumeAnswer, cancellationToken)).Volume;

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => cloud.DeleteIfAnyAsync(Request(HttpMethod.Delete, $"volumes/{id}"), cancellationToken);

    public async Task<CinderAbsolute> LimitsAsync(CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Request(HttpMethod.Get, "limits"), CinderJson.Default.CinderLimitsAnswer, cancellationToken)).Limits.Absolute;

    private static CloudRequest Request(HttpMethod method, string path) => new(CloudService.Cinder, method, path);
}

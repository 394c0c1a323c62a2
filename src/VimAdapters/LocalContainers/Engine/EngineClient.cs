using System.Formats.Tar;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers.Engine;

/// <summary>The Docker Engine API, version 1.41, as far as it is used; dockerd and Podman's service both speak it.</summary>
internal sealed class EngineClient(EngineConnection engine, LocalContainersOptions options) : IDisposable
{
    public Task<EngineVersion> VersionAsync(CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Get, "version", null, EngineJson.Default.EngineVersion, cancellationToken);

    public Task<EngineInfo> InfoAsync(CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Get, "info", null, EngineJson.Default.EngineInfo, cancellationToken);

    /// <summary>The containers that bear all labels, in any state.</summary>
    public Task<IReadOnlyList<ContainerSummary>> ListAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Get, $"containers/json?all=1&filters={Filters("label", labels)}", null, EngineJson.Default.IReadOnlyListContainerSummary, cancellationToken);

    /// <summary>The running containers, whoever's they are.</summary>
    public Task<IReadOnlyList<ContainerSummary>> ListRunningAsync(CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Get, "containers/json", null, EngineJson.Default.IReadOnlyListContainerSummary, cancellationToken);

    public Task<ContainerDetails?> InspectIfAnyAsync(string idOrName, CancellationToken cancellationToken) =>
        engine.ReadIfAnyAsync($"containers/{idOrName}/json", EngineJson.Default.ContainerDetails, cancellationToken);

    public async Task<string> CreateAsync(string name, CreateContainer container, CancellationToken cancellationToken) =>
        (await engine.AskAsync(HttpMethod.Post, $"containers/create?name={Uri.EscapeDataString(name)}",
            EngineConnection.Json(container, EngineJson.Default.CreateContainer), EngineJson.Default.CreatedContainer, cancellationToken)).Id;

    /// <summary>Puts files and folders into a folder of a container, running or not.</summary>
    public async Task PutAsync(string id, string folder, IEnumerable<TarEntry> entries, CancellationToken cancellationToken)
    {
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                await writer.WriteEntryAsync(entry, cancellationToken);
            }
        }

        using var content = Tar(new ByteArrayContent(archive.ToArray()));
        await engine.TellAsync(HttpMethod.Put, $"containers/{id}/archive?path={Uri.EscapeDataString(folder)}", content, cancellationToken);
    }

    public Task StartAsync(string id, CancellationToken cancellationToken) =>
        engine.TellAsync(HttpMethod.Post, $"containers/{id}/start", null, cancellationToken);

    /// <summary>Asks it to stop and has it killed after the grace; fine where it is gone.</summary>
    public Task StopIfAnyAsync(string id, CancellationToken cancellationToken) => IfAnyAsync(engine.TellAsync(
        HttpMethod.Post, $"containers/{id}/stop?t={Seconds(options.StopGrace)}", null, cancellationToken, beyond: options.StopGrace));

    /// <summary>Removes it with its unnamed volumes, running or not; fine where it is gone or going.</summary>
    public async Task RemoveIfAnyAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await IfAnyAsync(engine.TellAsync(HttpMethod.Delete, $"containers/{id}?force=1&v=1", null, cancellationToken, beyond: options.StopGrace));
        }
        catch (EngineRefusedException e) when (e.Status == HttpStatusCode.Conflict)
        {
            // "removal is already in progress": whoever waits for it to be gone sees when it is.
        }
    }

    public async Task<ComputeLog> ReadLogAsync(string id, int limit, CancellationToken cancellationToken)
    {
        // A line is a byte at least: so many lines hold the bytes that are wanted, and one more if anything was left out.
        await using var stream = await engine.OpenAsync($"containers/{id}/logs?stdout=1&stderr=1&tail={limit + 1}", cancellationToken);
        try
        {
            return await LogFrames.ReadTailAsync(stream, limit, cancellationToken);
        }
        catch (IOException e)
        {
            throw engine.Away(e);
        }
    }

    /// <summary>What it has used; the engine does not wait for a second value to tell a difference.</summary>
    public Task<ContainerStatistics> StatisticsAsync(string id, CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Get, $"containers/{id}/stats?stream=0&one-shot=1", null, EngineJson.Default.ContainerStatistics, cancellationToken);

    /// <summary>Makes a volume, or gives the one of that name as it is.</summary>
    public Task<VolumeDetails> EnsureVolumeAsync(CreateVolume volume, CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Post, "volumes/create", EngineConnection.Json(volume, EngineJson.Default.CreateVolume), EngineJson.Default.VolumeDetails, cancellationToken);

    /// <summary>The volumes that bear all labels.</summary>
    public async Task<IReadOnlyList<VolumeDetails>> VolumesAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken) =>
        (await engine.AskAsync(HttpMethod.Get, $"volumes?filters={Filters("label", labels)}", null, EngineJson.Default.VolumeList, cancellationToken)).Volumes ?? [];

    /// <summary>Removes a volume; refused while a container has it, fine where it is gone.</summary>
    public Task RemoveVolumeIfAnyAsync(string name, CancellationToken cancellationToken) =>
        IfAnyAsync(engine.TellAsync(HttpMethod.Delete, $"volumes/{name}", null, cancellationToken));

    public Task<ImageDetails?> ImageIfAnyAsync(string reference, CancellationToken cancellationToken) =>
        engine.ReadIfAnyAsync($"images/{reference}/json", EngineJson.Default.ImageDetails, cancellationToken);

    public Task<IReadOnlyList<ImageSummary>> ImagesAsync(string repository, CancellationToken cancellationToken) =>
        engine.AskAsync(HttpMethod.Get, $"images/json?filters={Filters("reference", [repository])}", null, EngineJson.Default.IReadOnlyListImageSummary, cancellationToken);

    public Task RemoveImageIfAnyAsync(string reference, CancellationToken cancellationToken) =>
        IfAnyAsync(engine.TellAsync(HttpMethod.Delete, $"images/{reference}", null, cancellationToken));

    /// <summary>Loads a docker archive. The engine answers 200 before it reads, so what it says after that is looked at too.</summary>
    public async Task LoadAsync(HttpContent archive, CancellationToken cancellationToken)
    {
        var said = await engine.TellAsync(HttpMethod.Post, "images/load?quiet=1", Tar(archive), cancellationToken, beyond: options.LoadTimeout);
        foreach (var line in Encoding.UTF8.GetString(said).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => l[0] == '{'))
        {
            if (JsonSerializer.Deserialize(line, EngineJson.Default.LoadLine)?.Error is { Length: > 0 } error)
            {
                throw new EngineRefusedException(HttpStatusCode.BadRequest, error);
            }
        }
    }

    public Task<NetworkDetails?> NetworkIfAnyAsync(string name, CancellationToken cancellationToken) =>
        engine.ReadIfAnyAsync($"networks/{name}", EngineJson.Default.NetworkDetails, cancellationToken);

    public Task CreateNetworkAsync(CreateNetwork network, CancellationToken cancellationToken) =>
        engine.TellAsync(HttpMethod.Post, "networks/create", EngineConnection.Json(network, EngineJson.Default.CreateNetwork), cancellationToken);

    /// <summary>Has Podman run a container's health check, which it does not do by itself without systemd.</summary>
    public Task RunHealthCheckAsync(string id, CancellationToken cancellationToken) =>
        engine.TellAsync(HttpMethod.Get, $"../v4.0.0/libpod/containers/{id}/healthcheck", null, cancellationToken);

    /// <summary>What happens to containers that bear the label, until the engine goes away, which throws.</summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync(string label, Action opened, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await engine.OpenAsync($"events?filters={Filters("label", [label])}", cancellationToken);
        using var reader = new StreamReader(stream);
        opened();
        while (await NextLineAsync(reader, cancellationToken) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize(line, EngineJson.Default.EngineEvent) is { } told)
            {
                yield return told;
            }
        }
    }

    /// <summary>What the engine remembers to have happened to containers that bear all labels, between two seconds; the oldest first.</summary>
    public async Task<IReadOnlyList<EngineEvent>> PastEventsAsync(IReadOnlyList<string> labels, DateTimeOffset since, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var told = await engine.TellAsync(
            HttpMethod.Get, $"events?since={since.ToUnixTimeSeconds()}&until={until.ToUnixTimeSeconds()}&filters={Filters("label", labels)}", null, cancellationToken);
        return [.. Encoding.UTF8.GetString(told).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => JsonSerializer.Deserialize(line, EngineJson.Default.EngineEvent)).OfType<EngineEvent>()];
    }

    public void Dispose() => engine.Dispose();

    private async Task<string?> NextLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw engine.Away(e);
        }
    }

    private static async Task IfAnyAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (EngineRefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Gone already: that is what is wanted.
        }
    }

    private static HttpContent Tar(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        return content;
    }

    private static string Filters(string name, IReadOnlyList<string> values) => Uri.EscapeDataString(JsonSerializer.Serialize(
        new Dictionary<string, IReadOnlyList<string>> { [name] = values }, EngineJson.Default.IReadOnlyDictionaryStringIReadOnlyListString));

    private static string Seconds(TimeSpan time) => ((int)Math.Ceiling(time.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

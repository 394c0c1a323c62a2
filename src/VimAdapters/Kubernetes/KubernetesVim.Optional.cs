using System.Text;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Checks;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Kubernetes.States;

namespace Mano.VimAdapters.Kubernetes;

/// <summary>What a VIM need not have: logs, events, statistics, networks, and the look at the connection.</summary>
public sealed partial class KubernetesVim
{
    private const int FirstLines = 2000;

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var limit = RequestRules.CheckTail(computeId, tailBytes);
        return AtClusterAsync($"compute/{computeId}", async () =>
        {
            var record = await LiveAsync(computeId, cancellationToken);
            var state = await keeper.StateAsync(record, cancellationToken);
            return ComputeView.Main(state) is { } pod ? await TailAsync(pod, limit, cancellationToken) : new ComputeLog("", false);
        });
    }

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return AtClusterAsync<IReadOnlyList<VimEvent>>($"compute/{computeId}", async () =>
        {
            var record = await LiveAsync(computeId, cancellationToken);
            var objects = await keeper.ObjectsAsync(record, cancellationToken);
            var lists = await Task.WhenAll(objects.Select(o => parts.Api.ListAsync(ResourceKind.Event, record.Namespace, "", KubeJson.Default.ListOfEvent, cancellationToken,
                $"involvedObject.uid={o.Uid}")));
            return [.. lists.SelectMany(l => l.Items).OrderByDescending(e => e.At).Take(VimEvent.MaxListed)
                .Select(e => new VimEvent(e.At, e.Reason ?? "", ApiFailures.OneLine(e.Message ?? ""), e.Type == "Warning"))];
        });
    }

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return AtClusterAsync($"compute/{computeId}", async () =>
        {
            var record = await LiveAsync(computeId, cancellationToken);
            RequestRules.Refuse((await facts.CapabilitiesAsync(cancellationToken)).Has(VimCapability.Statistics)
                ? null : VimFailures.Cannot(AdapterName, "statistics", "the cluster has no metrics.k8s.io (metrics-server)"));
            return await home.Meter.ReadAsync((await keeper.StateAsync(record, cancellationToken)).Live, cancellationToken);
        });
    }

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) => throw NoNetworks();

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => throw NoNetworks();

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) => throw NoNetworks();

    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken) => new ConnectionLook(parts, facts).LookAsync(cancellationToken);

    private static FailureException NoNetworks() =>
        VimFailures.Cannot(AdapterName, "networks", "a cluster has one network, on which policies part the computes").ToException();

    private async Task<KubeRecord> LiveAsync(string computeId, CancellationToken cancellationToken) =>
        await parts.Records.FindAsync(computeId, cancellationToken) is { Record: { IsLive: true } record } ? record : throw VimFailures.NoCompute(computeId).ToException();

    /// <summary>The end of a log. The server cuts what it sends at its end, not at its beginning, so that lines are asked for until they are enough.</summary>
    private async Task<ComputeLog> TailAsync(KubePod pod, int limit, CancellationToken cancellationToken)
    {
        var container = pod.Spec?.Containers is [{ Name: { } first }, ..] ? first : Objects.ComputePod.Container;
        for (var lines = Math.Min(FirstLines, limit + 1); ; lines = Math.Min(lines * 8, limit + 1))
        {
            var (bytes, total, seen) = await ReadAsync(pod, container, lines, limit, cancellationToken);
            if (total > limit || seen < lines || lines == limit + 1)
            {
                return new(Encoding.UTF8.GetString(bytes), total > limit || seen >= lines);
            }
        }
    }

    private async Task<(byte[] Tail, long Total, long Lines)> ReadAsync(KubePod pod, string container, int lines, int limit, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await parts.Api.OpenLogAsync(pod.Metadata.Namespace, pod.Metadata.Name, container, lines, cancellationToken);
            return await TailOfAsync(stream, limit, cancellationToken);
        }
        catch (ApiRefusedException e) when (e.Status is System.Net.HttpStatusCode.BadRequest or System.Net.HttpStatusCode.NotFound)
        {
            // It has not begun yet ("is waiting to start"), or has just gone.
            return ([], 0, 0);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw parts.Api.Connection.Away(e);
        }
    }

    private static async Task<(byte[] Tail, long Total, long Lines)> TailOfAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var (ring, buffer) = (new byte[limit], new byte[16 * 1024]);
        var (total, lines, ended) = (0L, 0L, true);
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            ended = buffer[read - 1] == '\n';
            foreach (var b in buffer.AsSpan(0, read))
            {
                ring[total++ % limit] = b;
            }
        }

        var length = (int)Math.Min(total, limit);
        var tail = new byte[length];
        for (var i = 0; i < length; i++)
        {
            tail[i] = ring[(total - length + i) % limit];
        }

        return (tail, total, lines + (ended ? 0 : 1));
    }
}

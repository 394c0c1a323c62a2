using Grpc.Core;
using Mano.Mepm.Findings;
using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mesh.Failures;
using Mano.Site.V1;

namespace Mano.Mepm.Sites;

/// <summary>Mm3 (site.v1): desired state comes in, what became of it goes out.</summary>
internal sealed class SiteGrpcService(InstanceBook book, MecHosts hosts, SiteSignals signals, SiteDescriber site, FindingBook findings)
    : SiteService.SiteServiceBase
{
    private const int MaxLogBytes = 1 << 20;

    public override async Task<EnsureAppInstanceResponse> EnsureAppInstance(EnsureAppInstanceRequest request, ServerCallContext context)
    {
        var desired = SiteRequests.Read(request.Desired);
        if (hosts.Find(desired.HostId) is not { } host || !host.Door.TryEnter())
        {
            throw Failure.NotFound("HOST_UNKNOWN",
                $"Host {desired.HostId} is not of this site; it has {string.Join(", ", hosts.All.Select(h => h.HostId))}.", $"host/{desired.HostId}").ToException();
        }

        try
        {
            var id = request.Desired.AppInstanceId;
            var accepted = await book.Ensure(id, request.Desired.Generation, desired, context.CancellationToken);
            var view = accepted.Value;
            signals.OfInstance(id);
            return new() { AppInstance = view.ToWire() };
        }
        finally
        {
            host.Door.Leave();
        }
    }

    public override async Task<RemoveAppInstanceIfAnyResponse> RemoveAppInstanceIfAny(RemoveAppInstanceIfAnyRequest request, ServerCallContext context)
    {
        var (id, generation, graceful) = SiteRequests.Read(request);
        var left = (await book.Remove(id, generation, graceful, context.CancellationToken)).Value;
        signals.OfInstance(id);
        return new() { Gone = left is null, AppInstance = left?.ToWire() };
    }

    public override Task<GetAppInstanceResponse> GetAppInstance(GetAppInstanceRequest request, ServerCallContext context) =>
        Task.FromResult(new GetAppInstanceResponse { AppInstance = Known(request.AppInstanceId).ToWire() });

    public override Task<ListAppInstancesResponse> ListAppInstances(ListAppInstancesRequest request, ServerCallContext context)
    {
        var size = SiteRequests.Read("page_size", request.PageSize, SiteRequests.MaxPage, 100);
        var page = book.All()
            .SkipWhile(v => string.CompareOrdinal(v.Record.AppInstanceId, request.PageToken) <= 0 && request.PageToken.Length > 0)
            .Take(size + 1)
            .ToList();
        var answer = new ListAppInstancesResponse { NextPageToken = page.Count > size ? page[size - 1].Record.AppInstanceId : "" };
        answer.AppInstances.AddRange(page.Take(size).Select(v => v.ToWire()));
        return Task.FromResult(answer);
    }

    public override async Task WatchAppInstances(
        WatchAppInstancesRequest request, IServerStreamWriter<WatchAppInstancesResponse> responseStream, ServerCallContext context)
    {
        try
        {
            await foreach (var told in book.Feed.Watch(context.CancellationToken))
            {
                await responseStream.WriteAsync(told.ToWire(), context.CancellationToken);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The watcher left.
        }
    }

    public override async Task<ReadLogResponse> ReadLog(ReadLogRequest request, ServerCallContext context)
    {
        var wanted = SiteRequests.Read("tail_lines", request.TailLines, 10_000, 100);
        var log = await HostOf(request.AppInstanceId).Vim.ReadLogAsync(request.AppInstanceId, MaxLogBytes, context.CancellationToken);
        var answer = new ReadLogResponse();
        answer.Lines.AddRange(LastLines(log.Text, wanted));
        return answer;
    }

    public override async Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context)
    {
        var events = await HostOf(request.AppInstanceId).Vim.ListEventsAsync(request.AppInstanceId, context.CancellationToken);
        var answer = new ListEventsResponse();
        answer.Events.AddRange(events.Select(e => new Mano.Vim.V1.VimEvent
        {
            At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(e.At), Kind = e.Kind, Message = e.Message, IsWarning = e.IsWarning,
        }));
        return answer;
    }

    public override Task<ListFindingsResponse> ListFindings(ListFindingsRequest request, ServerCallContext context)
    {
        var answer = new ListFindingsResponse();
        answer.Findings.AddRange(findings.List(request.OpenOnly).Select(FindingWire.ToWire));
        var comparisons = findings.Comparisons;
        answer.Hosts.AddRange(hosts.All.Select(h => FindingWire.ToWire(h.HostId, comparisons.TryGetValue(h.HostId, out var at) ? at : null)));
        return Task.FromResult(answer);
    }

    public override async Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context) =>
        new() { Site = await site.Describe(context.CancellationToken) };

    private MecHost HostOf(string appInstanceId)
    {
        var hostId = Known(appInstanceId).Record.Desired.HostId;
        return hosts.Find(hostId) ?? throw Failure.NotFound("HOST_UNKNOWN", $"Host {hostId} is not of this site any more.", $"host/{hostId}").ToException();
    }

    private InstanceView Known(string appInstanceId) => book.Find(appInstanceId)
        ?? throw Failure.NotFound("APP_INSTANCE_UNKNOWN", $"No instance {appInstanceId} is at this site.", $"app-instance/{appInstanceId}").ToException();

    private static IEnumerable<string> LastLines(string text, int wanted)
    {
        var lines = text.Split('\n');
        var end = lines.Length > 0 && lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        return lines[Math.Max(0, end - wanted)..end].Select(l => l.TrimEnd('\r'));
    }
}

using System.Net;
using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Cli.Simulate;

/// <summary>
/// One server for all sites. Each is reached at an address of its own: on this machine one of 127.32.0.0/11 and a port that all share,
/// which costs a site nothing; or, for a MEO elsewhere, the given address and a port of its own.
/// </summary>
internal sealed class FleetListener : IAsyncDisposable
{
    private const uint FirstLoopback = (127u << 24) | (32u << 16) | 1;

    private readonly IPEndPoint? own;
    private readonly WebApplication app;
    private FleetSite[] sites = [];
    private int port;

    private FleetListener(IPEndPoint? own, int count)
    {
        this.own = own;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "simulate" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            for (var i = 0; i < (own is null ? 1 : count); i++)
            {
                kestrel.Listen(own is null ? new(IPAddress.Any, 0) : new(own.Address, own.Port + i), Accept);
            }
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<FailureInterceptor>());
        app = builder.Build();
        app.MapGrpcService<FleetSiteGrpcService>();
    }

    /// <param name="own">Null: on this machine; else the address, and the first port.</param>
    /// <param name="count">Of sites.</param>
    public static async Task<FleetListener> StartAsync(IPEndPoint? own, int count, CancellationToken stop)
    {
        var listener = new FleetListener(own, count);
        try
        {
            await listener.app.StartAsync(stop);
        }
        catch
        {
            await listener.app.DisposeAsync();
            throw;
        }

        var bound = listener.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        listener.port = new Uri(bound).Port;
        return listener;
    }

    /// <summary>Where this site is reached.</summary>
    public Uri AddressOf(int site) => new(own is null ? $"http://{Loopback(site)}:{port}" : $"http://{own.Address}:{own.Port + site}");

    /// <summary>From now on these answer.</summary>
    public void Serve(FleetSite[] all) => sites = all;

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource();
        await soon.CancelAsync();
        await app.StopAsync(soon.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
    }

    private void Accept(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(next => connection =>
        {
            var site = connection.LocalEndPoint is IPEndPoint local ? Number(local) : -1;
            if (site >= 0 && site < sites.Length)
            {
                return sites[site].ServeAsync(connection, next);
            }

            connection.Abort();
            return Task.CompletedTask;
        });
    }

    private int Number(IPEndPoint local)
    {
        if (own is not null)
        {
            return local.Port - own.Port;
        }

        var bytes = local.Address.MapToIPv4().GetAddressBytes();
        return (int)Math.Clamp(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) - (long)FirstLoopback, -1, int.MaxValue);
    }

    private static IPAddress Loopback(int site)
    {
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, FirstLoopback + (uint)site);
        return new(bytes);
    }
}

/// <summary>Passes Mm3 on to the site that the connection leads to.</summary>
internal sealed class FleetSiteGrpcService : SiteService.SiteServiceBase
{
    public override Task<EnsureAppInstanceResponse> EnsureAppInstance(EnsureAppInstanceRequest request, ServerCallContext context) => Site(context).EnsureAppInstance(request, context);

    public override Task<RemoveAppInstanceIfAnyResponse> RemoveAppInstanceIfAny(RemoveAppInstanceIfAnyRequest request, ServerCallContext context) => Site(context).RemoveAppInstanceIfAny(request, context);

    public override Task<GetAppInstanceResponse> GetAppInstance(GetAppInstanceRequest request, ServerCallContext context) => Site(context).GetAppInstance(request, context);

    public override Task<ListAppInstancesResponse> ListAppInstances(ListAppInstancesRequest request, ServerCallContext context) => Site(context).ListAppInstances(request, context);

    public override Task WatchAppInstances(WatchAppInstancesRequest request, IServerStreamWriter<WatchAppInstancesResponse> responseStream, ServerCallContext context) =>
        Site(context).WatchAppInstances(request, responseStream, context);

    public override Task<ReadLogResponse> ReadLog(ReadLogRequest request, ServerCallContext context) => Site(context).ReadLog(request, context);

    public override Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context) => Site(context).ListEvents(request, context);

    public override Task<ListFindingsResponse> ListFindings(ListFindingsRequest request, ServerCallContext context) => Site(context).ListFindings(request, context);

    public override Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context) => Site(context).GetSite(request, context);

    private static SiteService.SiteServiceBase Site(ServerCallContext context) => context.GetHttpContext().Features.Get<FleetSite>()?.Site.Service
        ?? throw Failure.Unavailable("SITE_DOWN", "The MEPM of this simulated site does not run.").ToException();
}

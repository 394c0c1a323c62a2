using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Onboarding.V1;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Mesh.Tests.Processes;

/// <summary>Two MEOs as processes on a real Redis: the one that tells subscribers is killed between what happens and that it is told.</summary>
[Trait("Speed", "Slow")]
public sealed class NotificationTakeOverTests
{
    private const int Each = 6;

    [RedisFact]
    public async Task Every_notification_is_told_at_least_once_and_in_order_though_the_replica_that_tells_is_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        using var folder = new TempFolder();
        await using var subscriber = await Subscriber.Start();
        var replicas = new List<DaemonProcess>();
        using var channels = new GrpcChannels();
        try
        {
            foreach (var name in new[] { "one", "two" })
            {
                replicas.Add(await DaemonProcess.StartAsync(
                    "Meo", "--data", folder.File(name), "--packages", folder.File("packages"), "--grpc", $"127.0.0.1:{DaemonProcess.FreePort()}", "--http", $"127.0.0.1:{DaemonProcess.FreePort()}",
                    "--store", redis.Url, "--replica", name, "--lease-time", "6s"));
            }

            var package = await Onboard(channels, replicas[0]);
            await Subscribe(replicas[1], subscriber.Url);
            var made = new List<string>();

            // 1. It happened, it is stored, the subscriber would not take it yet: then the one that tells dies.
            subscriber.IsOpen = false;
            var owner = await Owner(channels, replicas);
            made.AddRange(await Create(channels, Other(replicas, owner), package));
            await Eventually.Is(() => subscriber.Refused > 0, "the one that tells has tried to");
            owner.Kill();
            subscriber.IsOpen = true;
            await Told(subscriber, made);

            // 2. The second one tells now. It dies at the moment when things happen, which is before or after it has stored them.
            await owner.StartAsync();
            var second = await Owner(channels, replicas);
            Assert.NotSame(owner, second);
            made.AddRange(await Create(channels, owner, package));
            second.Kill();
            made.AddRange(await Create(channels, owner, package));
            await Told(subscriber, made);

            Assert.Equal(made, subscriber.Instances.Distinct());
            subscriber.AssertIdsAreThoseOfEvents();
        }
        finally
        {
            foreach (var replica in replicas)
            {
                await replica.DisposeAsync();
            }
        }
    }

    private static DaemonProcess Other(List<DaemonProcess> replicas, DaemonProcess one) => replicas.Single(r => r != one);

    private static Task Told(Subscriber subscriber, List<string> made) => Eventually.Is(() => made.TrueForAll(subscriber.Instances.Contains), "everything is told");

    /// <summary>The replica that promises capacity, and so tells, as those that live say.</summary>
    private static async Task<DaemonProcess> Owner(GrpcChannels channels, List<DaemonProcess> replicas)
    {
        DaemonProcess? owner = null;
        await Eventually.Is(
            async () =>
            {
                foreach (var replica in replicas)
                {
                    var all = (await new ReplicaService.ReplicaServiceClient(channels.For(replica.Ready["grpc"])).ListReplicasAsync(new())).Replicas;
                    owner = all.Any(r => r.Self && r.OwnsCapacity) && all.Count(r => r.Alive) == replicas.Count ? replica : owner;
                }

                return owner is not null;
            },
            "one of the replicas tells");
        return owner!;
    }

    private static async Task<string> Onboard(GrpcChannels channels, DaemonProcess at)
    {
        var onboarding = new OnboardingService.OnboardingServiceClient(channels.For(at.Ready["grpc"]));
        var id = (await onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "probe.json" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFrom(ProbeApp.Descriptor.Span) });
        await upload.RequestStream.CompleteAsync();
        await upload;
        return id;
    }

    private static async Task<List<string>> Create(GrpcChannels channels, DaemonProcess at, string package)
    {
        var lifecycle = new LifecycleService.LifecycleServiceClient(channels.For(at.Ready["grpc"]));
        var made = new List<string>();
        for (var i = 0; i < Each; i++)
        {
            made.Add((await lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package, AppInstanceName = $"probe-{i}" })).AppInstance.AppInstanceId);
        }

        return made;
    }

    private static async Task Subscribe(DaemonProcess at, string url)
    {
        using var http = new HttpClient { BaseAddress = new(at.Ready["http"]) };
        using var made = await http.PostAsJsonAsync("/app_lcm/v1/subscriptions", new { subscriptionType = "AppIdentifierCreationSubscription", callbackUri = url + "/told" });
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
    }

    private sealed class Subscriber : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Instance, string Id)> told = new();
        private readonly WebApplication app;
        private volatile bool isOpen = true;
        private int refused;

        private Subscriber(WebApplication app) => this.app = app;

        public string Url => app.Urls.First();

        /// <summary>Whether it takes what it is told.</summary>
        public bool IsOpen
        {
            get => isOpen;
            set => isOpen = value;
        }

        public int Refused => Volatile.Read(ref refused);

        public IEnumerable<string> Instances => told.Select(t => t.Instance);

        public static async Task<Subscriber> Start()
        {
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore();
            var subscriber = new Subscriber(builder.Build());
            subscriber.app.MapPost("/told", (RequestDelegate)subscriber.Take);
            await subscriber.app.StartAsync();
            return subscriber;
        }

        /// <summary>What came twice came with the id that it had before.</summary>
        public void AssertIdsAreThoseOfEvents() => Assert.All(told.GroupBy(t => t.Instance), g => Assert.Single(g.Select(t => t.Id).Distinct()));

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync(new CancellationToken(canceled: true));
            await app.DisposeAsync();
        }

        private async Task Take(HttpContext context)
        {
            if (!isOpen)
            {
                Interlocked.Increment(ref refused);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            told.Enqueue((body.RootElement.GetProperty("appInstanceId").GetString()!, body.RootElement.GetProperty("id").GetString()!));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }
}

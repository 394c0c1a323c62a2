using System.Text.Json;
using Mano.Platform.V1;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>Notifications are delivered with bounded retry, and a subscriber that is slow or dead hurts nobody.</summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private const string Services = "mec_service_mgmt/v1/applications/app-1/services";

    /// <summary>Does not move by itself: what hangs, hangs until the test is over.</summary>
    private readonly ManualClock clock = new();
    private RunningPlatform platform = null!;
    private Mp1Client client = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start(o => o with { Clock = clock, AppSupport = new() { FlowLinger = TimeSpan.Zero } });
        client = new(platform.Http);
        await platform.Ensure();
        await platform.Run();
        await client.Post("mec_app_support/v1/applications/app-1/confirm_ready", 204, """{"indication":"READY"}""");
    }

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [Fact]
    public async Task A_subscriber_that_accepts_and_never_answers_delays_neither_its_neighbour_nor_the_application_that_changes()
    {
        await using var hanging = new HangingSubscriber();
        await using var healthy = await CallbackApp.Start();
        await SubscribeToServices(hanging.Url);
        await SubscribeToServices(healthy.Url);
        var made = await client.Post(Services, 201, Service());
        var own = $"{Services}/{made.GetProperty("serInstanceId").GetString()}";
        Assert.Equal("ADDED", Change(await healthy.Next()));
        await Eventually.Is(() => hanging.Accepted > 0);
        foreach (var state in new[] { "INACTIVE", "ACTIVE", "INACTIVE" })
        {
            await client.Ask(HttpMethod.Put, own, 200, Service(state));
            Assert.Equal("STATE_CHANGED", Change(await healthy.Next()));
        }

        await client.Ask(HttpMethod.Delete, own, 204);
        Assert.Equal("REMOVED", Change(await healthy.Next()));
        Assert.Equal(1, hanging.Accepted);
    }

    [Fact]
    public async Task What_a_subscriber_does_not_take_is_dropped_from_a_bounded_queue_and_counted()
    {
        await using var hanging = new HangingSubscriber();
        await SubscribeToServices(hanging.Url);
        var made = await client.Post(Services, 201, Service());
        var own = $"{Services}/{made.GetProperty("serInstanceId").GetString()}";
        await Eventually.Is(() => hanging.Accepted > 0);
        for (var i = 0; i < 300; i++)
        {
            await client.Ask(HttpMethod.Put, own, 200, Service(i % 2 == 0 ? "INACTIVE" : "ACTIVE"));
        }

        await Eventually.Is(async () => (await platform.Http.GetStringAsync("metrics")).Split('\n').Any(
            l => l.StartsWith("mano_platform_notifications_total", StringComparison.Ordinal) && l.Contains("dropped", StringComparison.Ordinal) && l.EndsWith(" 44", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_unsubscribes_is_not_called_any_more_even_if_it_hangs()
    {
        await using var hanging = new HangingSubscriber();
        var subscribed = await SubscribeToServices(hanging.Url);
        await client.Post(Services, 201, Service());
        await Eventually.Is(() => hanging.Accepted == 1);
        await client.Ask(HttpMethod.Delete, subscribed, 204);
        await client.IsRefused(HttpMethod.Delete, subscribed, 404, "no subscription");
        await client.Post(Services, 201, Service());
        await platform.Drain(TimeSpan.Zero);
        Assert.Equal(1, hanging.Accepted);
    }

    [Fact]
    public async Task A_termination_reaches_the_subscriber_that_answers_while_another_hangs_and_its_confirmation_ends_it()
    {
        await using var hanging = new HangingSubscriber();
        await using var healthy = await CallbackApp.Start();
        await SubscribeToTermination(hanging.Url);
        await SubscribeToTermination(healthy.Url);
        await platform.Drain(TimeSpan.FromMinutes(1));
        var notice = await healthy.Next();
        await Eventually.Is(() => hanging.Accepted > 0);
        await client.Post(notice.GetProperty("_links").GetProperty("confirmTermination").GetProperty("href").GetString()!, 204, """{"operationAction":"TERMINATING"}""");
        Assert.Equal(Application.Types.Phase.Drained, (await platform.Get()).Phase);
    }

    [Theory]
    [InlineData(500, 4)]
    [InlineData(404, 1)]
    public async Task A_subscriber_that_refuses_is_tried_a_bounded_number_of_times(int answer, int times)
    {
        await using var refusing = await CallbackApp.Start(failures: int.MaxValue, failure: answer);
        var id = $"hasty-{answer}"; // in /metrics there is every platform of this process
        await using var hasty = await RunningPlatform.Start(o => o with { PlatformId = id });
        var own = new Mp1Client(hasty.Http);
        await hasty.Ensure();
        await hasty.Run();
        await own.Post("mec_service_mgmt/v1/applications/app-1/subscriptions", 201, ServiceSubscription(refusing.Url));
        await own.Post(Services, 201, Service());
        await Eventually.Is(async () => (await hasty.Http.GetStringAsync("metrics")).Contains($"mano_platform_notifications_total{{platform=\"{id}\",outcome=\"failed\"}} 1\n", StringComparison.Ordinal));
        Assert.Equal(times, refusing.Asked);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest", "169.254.169.254")]
    [InlineData("http://198.51.100.7/", "198.51.100.7")]
    [InlineData("http://[::ffff:198.51.100.7]/", "198.51.100.7")]
    [InlineData("http://3325256711/", "198.51.100.7")]
    [InlineData("gopher://127.0.0.1/", "cannot be called")]
    [InlineData("file:///etc/passwd", "cannot be called")]
    public async Task A_callback_that_leads_where_it_must_not_is_refused_at_once(string callback, string says)
    {
        var body = ServiceSubscription(callback);
        await client.IsRefused(HttpMethod.Post, "mec_service_mgmt/v1/applications/app-1/subscriptions", 400, says, body);
        await client.IsRefused(HttpMethod.Post, "mec_app_support/v1/applications/app-1/subscriptions", 400, says, TerminationSubscription(callback));
    }

    [Fact]
    public async Task The_instances_own_address_may_be_called_wherever_it_is_and_other_networks_when_they_are_given()
    {
        await using var narrow = await RunningPlatform.Start(o => o with { CallbackNetworks = [System.Net.IPNetwork.Parse("192.0.2.0/24")] });
        var own = new Mp1Client(narrow.Http);
        await narrow.Ensure();
        await narrow.Run();
        await own.Post("mec_app_support/v1/applications/app-1/subscriptions", 201, TerminationSubscription("http://127.0.7.1:8080/"));
        await own.Post("mec_app_support/v1/applications/app-1/subscriptions", 201, TerminationSubscription("http://192.0.2.9/"));
        await own.IsRefused(HttpMethod.Post, "mec_app_support/v1/applications/app-1/subscriptions", 400, "192.0.2.0/24", TerminationSubscription("http://127.0.7.2:8080/"));
    }

    [Fact]
    public async Task A_callback_that_leads_to_the_platform_itself_achieves_nothing_there()
    {
        await platform.Ensure("app-2", RunningPlatform.Configuration("other.example"));
        await platform.Run("app-2", "127.0.7.2");
        await client.Post("mec_app_support/v1/applications/app-2/confirm_ready", 204, """{"indication":"READY"}""");
        await SubscribeToTermination($"{platform.Http.BaseAddress}mec_app_support/v1/applications/app-2/confirm_termination");
        await using var patient = await CallbackApp.Start();
        await client.Post("mec_app_support/v1/applications/app-2/subscriptions", 201, TerminationSubscription(patient.Url).Replace("app-1", "app-2", StringComparison.Ordinal));
        await platform.Drain(TimeSpan.FromMinutes(10), "app-2");
        await patient.Next();
        await platform.Drain(TimeSpan.FromMinutes(10));
        await Eventually.Is(async () => (await platform.Get()).Phase == Application.Types.Phase.Drained);
        Assert.Equal(Application.Types.Phase.Draining, (await platform.Get("app-2")).Phase);
    }

    private async Task<string> SubscribeToServices(string callback)
    {
        var made = await client.Post("mec_service_mgmt/v1/applications/app-1/subscriptions", 201, ServiceSubscription(callback));
        return made.GetProperty("_links").GetProperty("self").GetProperty("href").GetString()!;
    }

    private Task<JsonElement> SubscribeToTermination(string callback) =>
        client.Post("mec_app_support/v1/applications/app-1/subscriptions", 201, TerminationSubscription(callback));

    private static string Change(JsonElement notice) => Assert.Single(notice.GetProperty("serviceReferences").EnumerateArray()).GetProperty("changeType").GetString()!;

    private static string ServiceSubscription(string callback) =>
        $$$"""{"subscriptionType":"SerAvailabilityNotificationSubscription","callbackReference":"{{{callback}}}","filteringCriteria":{"serNames":["position"]}}""";

    private static string TerminationSubscription(string callback) =>
        $$"""{"subscriptionType":"AppTerminationNotificationSubscription","callbackReference":"{{callback}}","appInstanceId":"app-1"}""";

    private static string Service(string state = "ACTIVE") => $$$"""
        {"serName":"position","version":"1.0","state":"{{{state}}}","serializer":"JSON",
         "transportInfo":{"id":"t1","name":"REST","type":"REST_HTTP","protocol":"HTTP","version":"2.0","security":{},"endpoint":{"uris":["http://127.0.7.1/"]}}
        }
        """;
}

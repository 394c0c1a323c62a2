using System.Net;
using System.Text;
using System.Text.Json;
using Mano.Platform.V1;

namespace Mano.MecPlatform.Tests.Mp1;

public sealed class Mp1Tests : IAsyncLifetime
{
    private const string Ready = """{"indication":"READY"}""";
    private RunningPlatform platform = null!;

    public async Task InitializeAsync() => platform = await RunningPlatform.Start();

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Confirm_ready_activates_the_rules_and_may_be_repeated(string version)
    {
        await platform.Ensure();
        Assert.Equal(Application.Types.Phase.AwaitingReady, (await platform.Run()).Phase);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await Post($"applications/app-1/confirm_ready", Ready, version);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        var active = await platform.Get();
        Assert.Equal(Application.Types.Phase.Active, active.Phase);
        Assert.Equal(Mano.Common.V1.RuleState.Active, Assert.Single(active.TrafficRules).State);
    }

    [Fact]
    public async Task Confirm_ready_of_a_drained_instance_is_in_conflict_with_its_state()
    {
        await Activate();
        await platform.Drain(TimeSpan.Zero);
        await AssertProblem(await Post("applications/app-1/confirm_ready", Ready), 409, "DRAINED");
    }

    [Fact]
    public async Task Confirm_termination_without_a_pending_termination_is_in_conflict()
    {
        await Activate();
        await AssertProblem(await Post("applications/app-1/confirm_termination", """{"operationAction":"TERMINATING"}"""), 409, "no termination");
    }

    [Fact]
    public async Task The_subscribed_callback_is_notified_and_its_confirmation_ends_the_drain()
    {
        await Activate();
        await using var app = await CallbackApp.Start(failures: 2);
        using var created = await Subscribe(app.Url);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("DRAINING", (await platform.Drain(TimeSpan.FromMinutes(1))).Phase.ToString().ToUpperInvariant());
        var notice = (await app.Notification.Soon()).RootElement;
        Assert.Equal("AppTerminationNotification", notice.GetProperty("notificationType").GetString());
        Assert.Equal("TERMINATING", notice.GetProperty("operationAction").GetString());
        Assert.InRange(notice.GetProperty("maxGracefulTimeout").GetInt32(), 50, 60);
        Assert.Equal(created.Headers.Location!.ToString(), notice.GetProperty("_links").GetProperty("subscription").GetProperty("href").GetString());

        await AssertProblem(await Post("applications/app-1/confirm_termination", """{"operationAction":"STOPPING"}"""), 409, "TERMINATING, not STOPPING");
        var confirm = notice.GetProperty("_links").GetProperty("confirmTermination").GetProperty("href").GetString()!;
        using var confirmed = await platform.Http.PostAsync(confirm, Json("""{"operationAction":"TERMINATING"}"""));
        Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
        Assert.Equal(Application.Types.Phase.Drained, (await platform.Get()).Phase);
    }

    [Fact]
    public async Task Nobody_waits_for_a_subscriber_that_cannot_be_reached_or_that_redirects()
    {
        await Activate();
        await using var app = await CallbackApp.Start(redirect: true);
        using var created = await Subscribe(app.Url);
        await platform.Drain(TimeSpan.FromMinutes(30));
        await Eventually.Is(async () => (await platform.Get()).Phase == Application.Types.Phase.Drained);
        Assert.False(app.Redirected);
    }

    [Fact]
    public async Task Subscriptions_are_created_listed_got_and_deleted()
    {
        await platform.Ensure();
        using var created = await Subscribe("http://127.0.0.1:9/told");
        var location = created.Headers.Location!;
        var body = await Body(created);
        Assert.Equal(location.ToString(), body.GetProperty("_links").GetProperty("self").GetProperty("href").GetString());
        using var again = await Subscribe("http://127.0.0.1:9/told");
        Assert.Equal(location, again.Headers.Location);

        var list = await Get("applications/app-1/subscriptions");
        var only = Assert.Single(list.GetProperty("_links").GetProperty("subscriptions").EnumerateArray().ToArray());
        Assert.Equal(location.ToString(), only.GetProperty("href").GetString());
        using var one = await platform.Http.GetAsync(location);
        Assert.Equal("http://127.0.0.1:9/told", (await Body(one)).GetProperty("callbackReference").GetString());
        using var deleted = await platform.Http.DeleteAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertProblem(await platform.Http.GetAsync(location), 404, "no subscription");
        await AssertProblem(await platform.Http.DeleteAsync(location), 404, "no subscription");
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("/relative")]
    [InlineData("http://user:secret@127.0.0.1/x")]
    public async Task A_callback_that_must_not_be_called_is_refused(string callback)
    {
        await platform.Ensure();
        await AssertProblem(await Subscribe(callback), 400, "callbackReference");
    }

    [Fact]
    public async Task Rules_are_read_with_their_state_and_switched_by_the_application()
    {
        await Activate();
        var rules = await Get("applications/app-1/traffic_rules");
        Assert.Equal("ACTIVE", rules[0].GetProperty("state").GetString());
        Assert.Equal("FORWARD_DECAPSULATED", rules[0].GetProperty("action").GetString());
        Assert.False(rules[0].GetProperty("trafficFilter")[0].TryGetProperty("srcAddress", out _), "fields that are not given are left out");
        Assert.Equal("shop.example", (await Get("applications/app-1/dns_rules/d1")).GetProperty("domainName").GetString());

        using var got = await platform.Http.GetAsync("mec_app_support/v1/applications/app-1/traffic_rules/t1");
        var body = (await got.Content.ReadAsStringAsync()).Replace("\"ACTIVE\"", "\"INACTIVE\"", StringComparison.Ordinal);
        using var switched = await PutRule(body, got.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.OK, switched.StatusCode);
        Assert.Equal("INACTIVE", (await Body(switched)).GetProperty("state").GetString());
        Assert.Equal(Mano.Common.V1.RuleState.Inactive, (await platform.Get()).TrafficRules[0].State);

        await AssertProblem(await PutRule(body, got.Headers.ETag!.ToString()), 412, "If-Match");
        await AssertProblem(await PutRule(body.Replace("\"priority\":1", "\"priority\":2", StringComparison.Ordinal), "*"), 400, "state");
        using var on = await PutRule(body.Replace("\"INACTIVE\"", "\"ACTIVE\"", StringComparison.Ordinal), "*");
        Assert.Equal("ACTIVE", (await Body(on)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Timing_tells_the_time()
    {
        var time = await Get("timing/current_time");
        Assert.True(time.GetProperty("seconds").GetInt64() > 1_700_000_000);
        Assert.Equal("NONTRACEABLE", time.GetProperty("timeSourceStatus").GetString());
        Assert.True((await Get("timing/timing_caps")).GetProperty("timeStamp").TryGetProperty("nanoSeconds", out _));
    }

    [Fact]
    public async Task Every_error_is_a_ProblemDetails()
    {
        await platform.Ensure();
        const string ready = "applications/app-1/confirm_ready";
        await AssertProblem(await Post("applications/nobody/confirm_ready", Ready), 404, "nobody");
        await AssertProblem(await Post("nowhere", Ready), 404, "/mec_app_support/v1");
        await AssertProblem(await platform.Http.GetAsync("favicon.ico"), 404, "favicon");
        await AssertProblem(await platform.Http.GetAsync($"mec_app_support/v1/{ready}"), 405, "GET");
        await AssertProblem(await Post(ready, "{\"indication\""), 400, "AppReadyConfirmation");
        await AssertProblem(await Post(ready, "null"), 400, "null");
        await AssertProblem(await Post(ready, "[]"), 400, "AppReadyConfirmation");
        await AssertProblem(await Post(ready, """{"indication":"STEADY"}"""), 400, "STEADY");
        await AssertProblem(await Post(ready, $$"""{"indication":"{{new string('x', 70_000)}}"}"""), 413, "large");
        await AssertProblem(await Post("applications/app-1/confirm_termination", """{"operationAction":"SLEEPING"}"""), 400, "AppTerminationConfirmation");
        await AssertProblem(await Post("applications/app-1/confirm_termination", "{}"), 400, "operationAction");
        await AssertProblem(await platform.Http.PostAsync($"mec_app_support/v1/{ready}", new StringContent(Ready, Encoding.UTF8, "text/plain")), 415, "application/json");
        await AssertProblem(await platform.Http.GetAsync("mec_app_support/v1/applications/app-1/traffic_rules/none"), 404, "none");
    }

    [Fact]
    public async Task A_body_of_unsaid_length_is_bounded_too()
    {
        await platform.Ensure();
        using var request = new HttpRequestMessage(HttpMethod.Post, "mec_app_support/v1/applications/app-1/confirm_ready") { Content = new LongJson() };
        request.Headers.TransferEncodingChunked = true;
        await AssertProblem(await platform.Http.SendAsync(request), 413, "large");
    }

    [Fact]
    public async Task Health_and_metrics_are_served()
    {
        await Activate();
        Assert.Contains("SERVING", await platform.Http.GetStringAsync("health"), StringComparison.Ordinal);
        var metrics = await platform.Http.GetStringAsync("metrics");
        Assert.Contains("mano_platform_applications{platform=\"edge-1\",phase=\"ACTIVE\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("mano_platform_dns_forwarded_total", metrics, StringComparison.Ordinal);
    }

    private async Task Activate()
    {
        await platform.Ensure();
        await platform.Run();
        using var answer = await Post("applications/app-1/confirm_ready", Ready);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private Task<HttpResponseMessage> Subscribe(string callback) => Post(
        "applications/app-1/subscriptions",
        JsonSerializer.Serialize(new { subscriptionType = "AppTerminationNotificationSubscription", callbackReference = callback, appInstanceId = "app-1" }));

    private async Task<HttpResponseMessage> Post(string path, string body, string version = "v1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"mec_app_support/{version}/{path}") { Content = Json(body) };

        // A large body waits for the server's word: one that is refused unread would meet a connection that is being closed.
        request.Headers.ExpectContinue = body.Length > 60_000;
        return await platform.Http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> PutRule(string body, string etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "mec_app_support/v1/applications/app-1/traffic_rules/t1") { Content = Json(body) };
        request.Headers.TryAddWithoutValidation("If-Match", etag);
        return await platform.Http.SendAsync(request);
    }

    private async Task<JsonElement> Get(string path)
    {
        using var response = await platform.Http.GetAsync($"mec_app_support/v1/{path}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await Body(response);
    }

    private static async Task<JsonElement> Body(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task AssertProblem(HttpResponseMessage response, int status, string says)
    {
        using (response)
        {
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = await Body(response);
            Assert.Equal(status, problem.GetProperty("status").GetInt32());
            Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    /// <summary>One byte too much, at once: who refuses it has read it all, and who sends it meets no connection that is being closed.</summary>
    private sealed class LongJson : HttpContent
    {
        public LongJson() => Headers.ContentType = new("application/json");

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            stream.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', (64 * 1024) + 1))).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

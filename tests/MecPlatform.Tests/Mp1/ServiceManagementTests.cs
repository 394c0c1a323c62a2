using System.Net;
using System.Text;
using System.Text.Json;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>MEC 011 service management as an application meets it.</summary>
public sealed class ServiceManagementTests : IAsyncLifetime
{
    private const string Root = "/mec_service_mgmt/v1";
    private const string Own = Root + "/applications/app-1/services";
    private readonly ManualClock clock = new();
    private RunningPlatform platform = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start(o => o with { Clock = clock });
        await platform.Ensure(configuration: RunningPlatform.Configuration(mp1: true));
        await platform.Run();
    }

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [Fact]
    public async Task A_service_is_registered_found_changed_and_removed()
    {
        using var made = await Send(HttpMethod.Post, Own, Service());
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var service = await Body(made);
        var id = service.GetProperty("serInstanceId").GetString()!;
        Assert.EndsWith($"{Own}/{id}", made.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("MEC_HOST", service.GetProperty("scopeOfLocality").GetString());
        Assert.True(service.GetProperty("consumedLocalOnly").GetBoolean());
        Assert.True(service.GetProperty("isLocal").GetBoolean());

        Assert.Equal(id, Assert.Single((await Get(Root + "/services?ser_name=position")).EnumerateArray()).GetProperty("serInstanceId").GetString());
        Assert.Empty((await Get(Root + "/services?ser_name=other")).EnumerateArray());
        Assert.Equal("position", (await Get($"{Root}/services/{id}")).GetProperty("serName").GetString());

        using var read = await platform.Http.GetAsync($"{Own}/{id}");
        var etag = read.Headers.ETag!.ToString();
        using var changed = await Send(HttpMethod.Put, $"{Own}/{id}", Service(state: "INACTIVE"), etag);
        Assert.Equal("INACTIVE", (await Body(changed)).GetProperty("state").GetString());
        using var stale = await Send(HttpMethod.Put, $"{Own}/{id}", Service(), etag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);

        using var gone = await platform.Http.DeleteAsync($"{Own}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var again = await platform.Http.DeleteAsync($"{Own}/{id}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Every_fault_of_a_service_is_told_at_once()
    {
        using var refused = await Send(HttpMethod.Post, Own, """{"serName":"","state":"SUSPENDED","serializer":"JSON","transportInfo":{"id":"t","endpoint":{"uris":[],"addresses":[]}}}""");
        var detail = (await Body(refused)).GetProperty("detail").GetString()!;
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        foreach (var path in new[] { "serName", "version", "state", "transportInfo.name", "transportInfo.type", "transportInfo.protocol", "transportInfo.security", "transportInfo.endpoint" })
        {
            Assert.Contains(path + ":", detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("?ser_name=a&ser_category_id=b", "one at most")]
    [InlineData("?is_local=perhaps", "true or false")]
    [InlineData("?scope_of_locality=MOON", "MEC_SYSTEM")]
    [InlineData("?colour=red", "is not a parameter")]
    public async Task A_query_that_makes_no_sense_is_refused(string query, string says)
    {
        using var refused = await platform.Http.GetAsync(Root + "/services" + query);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(says, (await Body(refused)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscriber_hears_what_becomes_of_the_services_it_asked_for_and_a_dead_one_hurts_nobody()
    {
        await using var listener = await CallbackApp.Start();
        using var dead = await Subscribe("http://127.0.0.1:9/nobody", """{"serNames":["position"]}""");
        using var deaf = await Subscribe(listener.Url + "?deaf", """{"serNames":["other"]}""");
        using var subscribed = await Subscribe(listener.Url, """{"serNames":["position"],"states":["ACTIVE"]}""");
        Assert.Equal(HttpStatusCode.Created, subscribed.StatusCode);
        using var made = await Send(HttpMethod.Post, Own, Service());
        var id = (await Body(made)).GetProperty("serInstanceId").GetString();

        var notice = (await listener.Notification.Soon()).RootElement;
        var reference = Assert.Single(notice.GetProperty("serviceReferences").EnumerateArray());
        Assert.Equal(id, reference.GetProperty("serInstanceId").GetString());
        Assert.Equal("ADDED", reference.GetProperty("changeType").GetString());
        Assert.EndsWith($"{Root}/services/{id}", reference.GetProperty("link").GetProperty("href").GetString(), StringComparison.Ordinal);
        Assert.Equal(subscribed.Headers.Location!.ToString().Split("/subscriptions/")[1], notice.GetProperty("_links").GetProperty("subscription").GetProperty("href").GetString()!.Split("/subscriptions/")[1]);
        Assert.Equal(3, (await Get(Root + "/applications/app-1/subscriptions")).GetProperty("_links").GetProperty("subscriptions").GetArrayLength());
    }

    [Fact]
    public async Task A_service_whose_heartbeats_stop_is_suspended_and_one_more_heartbeat_wakes_it()
    {
        using var made = await Send(HttpMethod.Post, Own, Service(liveness: 10));
        var service = await Body(made);
        var liveness = new Uri(service.GetProperty("_links").GetProperty("liveness").GetProperty("href").GetString()!).PathAndQuery;
        var id = service.GetProperty("serInstanceId").GetString();
        Assert.Equal(10, (await Get(liveness)).GetProperty("interval").GetInt32());
        clock.Advance(TimeSpan.FromSeconds(31));
        await Eventually.Is(async () => (await Get($"{Root}/services/{id}")).GetProperty("state").GetString() == "SUSPENDED");
        using var alive = await Send(HttpMethod.Patch, liveness, """{"state":"ACTIVE"}""");
        Assert.Equal(HttpStatusCode.NoContent, alive.StatusCode);
        Assert.Equal("ACTIVE", (await Get($"{Root}/services/{id}")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Services_go_with_the_instance_that_offers_them()
    {
        using var made = await Send(HttpMethod.Post, Own, Service());
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await platform.Drain(TimeSpan.Zero);
        await Eventually.Is(async () => (await Get(Root + "/services")).GetArrayLength() == 0);
        using var late = await Send(HttpMethod.Post, Own, Service());
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var stranger = await Send(HttpMethod.Post, Root + "/applications/nobody/services", Service());
        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
    }

    private static string Service(string state = "ACTIVE", int? liveness = null)
    {
        const string transport = """
            {"id":"t1","name":"REST","type":"REST_HTTP","protocol":"HTTP","version":"2.0","security":{},"endpoint":{"addresses":[{"host":"192.0.2.1","port":8080}]}}
            """;
        var interval = liveness is null ? "" : $"\"livenessInterval\":{liveness},";
        return $$"""
            {"serName":"position","version":"1.0","state":"{{state}}","serializer":"JSON",{{interval}}
             "serCategory":{"href":"/c","id":"loc","name":"Location","version":"1"},"transportInfo":{{transport}}}
            """;
    }

    private Task<HttpResponseMessage> Subscribe(string callback, string filter) => Send(
        HttpMethod.Post,
        Root + "/applications/app-1/subscriptions",
        $$"""{"subscriptionType":"SerAvailabilityNotificationSubscription","callbackReference":"{{callback}}","filteringCriteria":{{filter}}}""");

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await platform.Http.SendAsync(request);
    }

    private async Task<JsonElement> Get(string path) => JsonDocument.Parse(await platform.Http.GetStringAsync(path)).RootElement;

    private static async Task<JsonElement> Body(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}

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
    [InlineData("?ser_name=a&ser_instance_id=b", "one at most")]
    [InlineData("?ser_instance_id=a&ser_category_id=b", "one at most")]
    [InlineData("?ser_name=", "no value")]
    [InlineData("?ser_category_id=a&ser_category_id=b", "one is needed")]
    [InlineData("?consumed_local_only=1", "true or false")]
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
    public async Task A_query_filters_by_every_parameter_and_takes_lists_both_ways()
    {
        using var one = await Send(HttpMethod.Post, Own, Service());
        using var two = await Send(HttpMethod.Post, Own, Service().Replace("\"position\"", "\"weather\"", StringComparison.Ordinal).Replace("\"version\":\"1.0\",", "\"version\":\"1.0\",\"scopeOfLocality\":\"ZONE\",\"consumedLocalOnly\":false,", StringComparison.Ordinal));
        var id = (await Body(two)).GetProperty("serInstanceId").GetString();
        foreach (var (query, count) in new[]
        {
            ("ser_name=position&ser_name=weather", 2), ("ser_name=position,weather", 2), ($"ser_instance_id={id}", 1), ("ser_category_id=loc", 2), ("ser_category_id=none", 0),
            ("scope_of_locality=ZONE", 1), ("scope_of_locality=MEC_HOST", 1), ("consumed_local_only=false", 1), ("is_local=true", 2), ("is_local=false", 0), ("ser_name=weather&consumed_local_only=true", 0),
        })
        {
            Assert.True(count == (await Get($"{Root}/services?{query}")).GetArrayLength(), query);
            Assert.True(count == (await Get($"{Own}?{query}")).GetArrayLength(), query);
        }
    }

    [Theory]
    [InlineData("""{"serNames":["a"],"serCategories":[{"href":"/c","id":"c","name":"c","version":"1"}]}""", "one at most")]
    [InlineData("""{"serInstanceIds":["a"],"serNames":["b"]}""", "one at most")]
    [InlineData("""{"serCategories":[{"id":"c"}]}""", "serCategories[0].href")]
    [InlineData("""{"states":["ASLEEP"]}""", "states")]
    public async Task A_filter_that_makes_no_sense_is_refused(string filter, string says)
    {
        using var refused = await Subscribe("http://127.0.0.1:9/x", filter);
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
        clock.Advance(TimeSpan.FromSeconds(10));
        using var kept = await Send(HttpMethod.Put, liveness, """{"state":"ACTIVE"}""");
        Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("ACTIVE", (await Get($"{Root}/services/{id}")).GetProperty("state").GetString());
        clock.Advance(TimeSpan.FromSeconds(6));
        await Eventually.Is(async () => (await Get($"{Root}/services/{id}")).GetProperty("state").GetString() == "SUSPENDED");
        using var alive = await Send(HttpMethod.Patch, liveness, """{"state":"ACTIVE"}""");
        Assert.Equal(HttpStatusCode.NoContent, alive.StatusCode);
        Assert.Equal("ACTIVE", (await Get($"{Root}/services/{id}")).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(1, 5)]
    [InlineData(60, 60)]
    public async Task The_platform_says_how_often_it_wants_heartbeats(int asked, int granted)
    {
        using var made = await Send(HttpMethod.Post, Own, Service(liveness: asked));
        Assert.Equal(granted, (await Body(made)).GetProperty("livenessInterval").GetInt32());
        using var none = await Send(HttpMethod.Post, Own, Service());
        Assert.False((await Body(none)).TryGetProperty("livenessInterval", out _));
        Assert.False((await Body(none)).GetProperty("_links").TryGetProperty("liveness", out _));
    }

    [Fact]
    public async Task A_required_service_is_there_while_it_is_registered_and_active_and_its_absence_hinders_nobody()
    {
        var consumer = RunningPlatform.Configuration("eater.example", mp1: false);
        consumer.ServicesRequired.Add(new Mano.Common.V1.ServiceDependency { SerName = "position", Version = "1.0" });
        consumer.ServicesOptional.Add(new Mano.Common.V1.ServiceDependency { SerName = "weather", Version = "1.0" });
        await platform.Ensure("eater", consumer);
        var active = await platform.Run("eater", "127.0.7.9");
        Assert.Equal(Mano.Platform.V1.Application.Types.Phase.Active, active.Phase);
        Assert.Equal("position", Assert.Single(active.ServicesMissing).SerName);
        Assert.Contains("position 1.0", active.Message, StringComparison.Ordinal);

        using var watch = platform.Mm5.WatchApplications(new());
        using var made = await Send(HttpMethod.Post, Own, Service(liveness: 10));
        var id = (await Body(made)).GetProperty("serInstanceId").GetString();
        await Hears(watch, missing: 0);
        Assert.Equal("REST_HTTP", Assert.Single(Assert.Single((await platform.Mm5.GetPlatformAsync(new())).Services).TransportTypes));
        clock.Advance(TimeSpan.FromSeconds(16));
        await Hears(watch, missing: 1);
        using var alive = await Send(HttpMethod.Patch, $"{Root}/liveness/{id}", """{"state":"ACTIVE"}""");
        await Hears(watch, missing: 0);
        using var gone = await platform.Http.DeleteAsync($"{Own}/{id}");
        await Hears(watch, missing: 1);
    }

    [Fact]
    public async Task A_registration_that_is_inactive_overrules_what_the_AppD_declares()
    {
        var producer = RunningPlatform.Configuration("maker.example", mp1: false);
        producer.ServicesProduced.Add(new Mano.Common.V1.ServiceDescriptor { SerName = "position", Version = "1.0" });
        await platform.Ensure("maker", producer);
        await platform.Run("maker", "127.0.7.8");
        Assert.Single((await platform.Mm5.GetPlatformAsync(new())).Services);
        using var made = await Send(HttpMethod.Post, Root + "/applications/maker/services", Service(state: "INACTIVE"));
        Assert.Empty((await platform.Mm5.GetPlatformAsync(new())).Services);
        using var gone = await platform.Http.DeleteAsync(made.Headers.Location);
        Assert.Single((await platform.Mm5.GetPlatformAsync(new())).Services);
    }

    [Fact]
    public async Task The_sites_transports_are_listed_and_used_by_their_id()
    {
        using var folder = new TempFolder();
        var file = folder.File("transports.json");
        await File.WriteAllTextAsync(file, """[{"id":"broker","name":"MQTT","type":"MB_TOPIC_BASED","protocol":"MQTT","version":"5","security":{},"endpoint":{"uris":["mqtt://192.0.2.5"]}}]""");
        await using var site = await RunningPlatform.Start(o => o with { TransportsFile = file });
        await site.Ensure();
        await site.Run();
        var own = new Mp1Client(site.Http);
        Assert.Equal("broker", (await own.Get(Root + "/transports"))[0].GetProperty("id").GetString());
        var byId = Service().Replace("\"transportInfo\":", "\"transportId\":\"broker\",\"ignored\":", StringComparison.Ordinal);
        var made = await own.Post(Own, 201, byId);
        Assert.Equal("mqtt://192.0.2.5", made.GetProperty("transportInfo").GetProperty("endpoint").GetProperty("uris")[0].GetString());
        Assert.False(made.TryGetProperty("transportId", out _));
        await own.IsRefused(HttpMethod.Post, Own, 400, "it has: broker", byId.Replace("\"broker\"", "\"other\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, """[{"id":"broker"}]""");
        var refused = Assert.Throws<Mano.Mesh.Failures.FailureException>(() => PlatformHost.Build(new() { DataFolder = folder.FullPath, TransportsFile = file }));
        Assert.Contains(refused.Failure.Faults, f => f.Path == "[0].endpoint");
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

    /// <summary>The consumer, as the MEPM hears of it, until so many of its required services are missing.</summary>
    private static async Task Hears(Grpc.Core.AsyncServerStreamingCall<Mano.Platform.V1.WatchApplicationsResponse> watch, int missing)
    {
        bool isIt;
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None).Soon());
            isIt = watch.ResponseStream.Current.Changed is { AppInstanceId: "eater" } eater && eater.ServicesMissing.Count == missing;
        }
        while (!isIt);
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

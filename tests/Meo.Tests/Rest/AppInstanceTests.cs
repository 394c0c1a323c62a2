using System.Net;
using Mano.Meo.Tests.World;

namespace Mano.Meo.Tests.Rest;

public sealed class AppInstanceTests : IAsyncLifetime
{
    private const string Instances = "/app_lcm/v1/app_instances";
    private const string Forceful = """{"terminationType":"FORCEFUL"}""";

    private RestWorld world = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync() => world = await RestWorld.Start();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task An_instance_is_created_instantiated_stopped_started_terminated_and_deleted()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        var created = (await Client.Get(url)).Is(HttpStatusCode.OK);
        Assert.Equal("NOT_INSTANTIATED", created["instantiationState"]);
        Assert.Equal(url + "/instantiate", Href(created, "instantiate"));
        Assert.False(created.Json.GetProperty("_links").TryGetProperty("terminate", out _));

        var placed = await Client.EndOf(await Client.Post(url + "/instantiate", "{}"));
        Assert.Equal("COMPLETED", placed.GetProperty("operationState").GetString());
        Assert.Equal("INSTANTIATE", placed.GetProperty("lcmOperation").GetString());
        Assert.Equal(url, placed.GetProperty("_links").GetProperty("appInstance").GetProperty("href").GetString());
        Assert.Equal(MeoWorld.HostId, placed.GetProperty("operationParams").GetProperty("selectedMECHostInfo")[0].GetProperty("hostName").GetString());
        Assert.Equal("STARTED", State(await Client.Get(url)));
        Assert.Equal(url + "/terminate", Href(await Client.Get(url), "terminate"));

        await Client.EndOf(await Client.Post(url + "/operate", """{"changeStateTo":"STOPPED","stopType":"GRACEFUL","gracefulStopTimeout":1}"""));
        Assert.Equal("STOPPED", State(await Client.Get(url)));
        await Client.EndOf(await Client.Post(url + "/operate", """{"changeStateTo":"STARTED"}"""));
        Assert.Equal("STARTED", State(await Client.Get(url)));

        (await Client.Delete(url)).Is(HttpStatusCode.Conflict, "must be NOT_INSTANTIATED");
        var ended = await Client.EndOf(await Client.Post(url + "/terminate", Forceful));
        Assert.Equal("FORCEFUL", ended.GetProperty("operationParams").GetProperty("terminationType").GetString());
        await world.Meo.AssertNothingLeft(url.Split('/')[^1]);
        (await Client.Delete(url)).Is(HttpStatusCode.NoContent);
        (await Client.Get(url)).Is(HttpStatusCode.NotFound, "list the instances");
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_a_conflict_that_names_the_right_state()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        (await Client.Post(url + "/terminate", Forceful)).Is(HttpStatusCode.Conflict, "The instance is NOT_INSTANTIATED; to terminate it must be STARTED or STOPPED.");
        (await Client.Post(url + "/operate", """{"changeStateTo":"STOPPED"}""")).Is(HttpStatusCode.Conflict, "must be STARTED");
        await Client.EndOf(await Client.Post(url + "/instantiate", "{}"));
        var again = (await Client.Post(url + "/instantiate", "{}")).Is(HttpStatusCode.Conflict, "to instantiate it must be NOT_INSTANTIATED");
        Assert.Equal("ILLEGAL_STATE", again["reason"]);
    }

    [Fact]
    public async Task A_second_operation_is_refused_with_the_id_of_the_one_that_runs()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        world.Meo.Site.Script = SiteScript.Linger;
        var running = await Client.Post(url + "/instantiate");
        (await Client.Post(url + "/instantiate")).Is(HttpStatusCode.Conflict, running.Location.Split('/')[^1]);
        await world.Meo.Lingers(url.Split('/')[^1]);
        world.Meo.Site.Script = SiteScript.Obey;
        (await Client.Post(running.Location + "/cancel", """{"CancelMode":"FORCED"}""")).Is(HttpStatusCode.Accepted);
        Assert.Equal("FAILED", (await Client.EndOf(running)).GetProperty("operationState").GetString());
        (await Client.Post(running.Location + "/retry")).Is(HttpStatusCode.Conflict);
        (await Client.Post(running.Location + "/fail")).Is(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task No_host_is_a_conflict_that_says_why_for_every_host()
    {
        await world.Meo.Onboard("giant-d", vcpus: 64);
        (await Client.Post(await Client.Create("giant-d") + "/instantiate")).Is(HttpStatusCode.Conflict, "1 host");
    }

    [Fact]
    public async Task A_host_that_is_named_is_the_one_or_none()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        (await Client.Post(url + "/instantiate", """{"selectedMECHostInfo":[{"hostName":"elsewhere","hostId":{}}]}""")).Is(HttpStatusCode.Conflict);
        var ended = await Client.EndOf(await Client.Post(url + "/instantiate", $$$"""{"selectedMECHostInfo":[{"hostId":{"hostId":"{{{MeoWorld.HostId}}}"}}]}"""));
        Assert.Equal("COMPLETED", ended.GetProperty("operationState").GetString());
    }

    [Fact]
    public async Task Every_fault_of_a_body_is_told_at_once_by_the_names_of_the_standard()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        var refused = (await Client.Post(
            url + "/instantiate",
            """{"selectedMECHostInfo":[{"hostName":"a"},{"hostName":"b"}],"locationConstraints":{"countryCode":"Germany"},"vimConnectionInfo":[{"id":"x"}]}""")).Is(HttpStatusCode.BadRequest);
        foreach (var path in new[] { "selectedMECHostInfo", "locationConstraints/countryCode", "vimConnectionInfo" })
        {
            Assert.Contains(path, refused.Detail, StringComparison.Ordinal);
        }

        (await Client.Post(url + "/operate", """{"changeStateTo":"RUNNING"}""")).Is(HttpStatusCode.BadRequest, "STARTED or STOPPED");
        (await Client.Post(url + "/operate", """{"changeStateTo":"STOPPED","stopType":"GRACEFUL"}""")).Is(HttpStatusCode.BadRequest, "gracefulStopTimeout");
        (await Client.Post(url + "/terminate", """{"terminationType":"FORCEFUL","gracefulTerminationTimeout":5}""")).Is(HttpStatusCode.BadRequest, "goes with");
        (await Client.Post(Instances, "{}")).Is(HttpStatusCode.BadRequest, "appDId");
        (await Client.Post(Instances, """{"appDId":7}""")).Is(HttpStatusCode.BadRequest, "$.appDId");
        (await Client.Post(Instances, """{"appDId":""")).Is(HttpStatusCode.BadRequest);
        (await Client.Post(Instances, """{"appDId":"nobody"}""")).Is(HttpStatusCode.NotFound, "No onboarded package has the descriptor nobody");
    }

    [Fact]
    public async Task The_same_key_and_body_give_the_same_answer_and_another_body_is_refused()
    {
        await world.Meo.Onboard();
        var key = ("Idempotency-Key", "k-1");
        var first = (await Client.Post(Instances, """{"appDId":"probe-d"}""", key)).Is(HttpStatusCode.Created);
        var again = (await Client.Post(Instances, """{ "appDId" : "probe-d" }""", key)).Is(HttpStatusCode.Created);
        Assert.Equal(first.Location, again.Location);
        (await Client.Post(Instances, """{"appDId":"probe-d","appInstanceName":"other"}""", key)).Is(HttpStatusCode.Conflict, "take a new key");
        Assert.Single((await Client.Get(Instances)).Json.EnumerateArray());

        var operation = await Client.Post(first.Location + "/instantiate", "{}", ("Idempotency-Key", "k-2"));
        Assert.Equal(operation.Location, (await Client.Post(first.Location + "/instantiate", null, ("Idempotency-Key", "k-2"))).Location);
        await Client.EndOf(operation);
        Assert.Equal(operation.Location, (await Client.Post(first.Location + "/instantiate", "{}", ("Idempotency-Key", "k-2"))).Location);
        (await Client.Post(Instances, """{"appDId":"probe-d"}""", ("Idempotency-Key", new string('x', 129)))).Is(HttpStatusCode.BadRequest, "1 to 128");
    }

    [Fact]
    public async Task An_instantiation_over_REST_and_over_gRPC_share_their_key()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        var accepted = await Client.Post(url + "/instantiate", "{}", ("Idempotency-Key", "shared"));
        var again = await world.Meo.Lifecycle.InstantiateAppInstanceAsync(
            new() { AppInstanceId = url.Split('/')[^1], Constraints = new() }, new Grpc.Core.Metadata { { "idempotency-key", "shared" } });
        Assert.EndsWith(again.Operation.OperationId, accepted.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unchanged_instance_is_not_sent_again_to_who_has_its_tag()
    {
        await world.Meo.Onboard();
        var url = await Client.Create();
        var etag = (await Client.Get(url)).Headers["ETag"];
        var same = (await Client.Get(url, ("If-None-Match", etag))).Is(HttpStatusCode.NotModified);
        Assert.Empty(same.Body);
        await Client.EndOf(await Client.Post(url + "/instantiate"));
        (await Client.Get(url, ("If-None-Match", etag))).Is(HttpStatusCode.OK);
    }

    private static string State(RestAnswer answer) =>
        answer.Json.GetProperty("instantiatedAppState").GetProperty("operationalState").GetString()!;

    private static string Href(RestAnswer answer, string link) => answer.Json.GetProperty("_links").GetProperty(link).GetProperty("href").GetString()!;
}

using System.Net;
using Mano.Meo.Tests.World;

namespace Mano.Meo.Tests.Rest;

public sealed class GrantTests : IAsyncLifetime
{
    private const string Grants = "/granting/v1/grants";

    private RestWorld world = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync()
    {
        world = await RestWorld.Start();
        await world.Meo.Onboard();
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_MEPM_that_asks_for_a_running_operation_is_granted_what_was_held_for_it()
    {
        var url = await Client.Create();
        var id = url.Split('/')[^1];
        world.Meo.Site.Script = SiteScript.Linger;
        var operation = await Client.Post(url + "/instantiate", "{}");
        await world.Meo.Lingers(id);
        var granted = (await Client.Post(Grants, Request(id, operation.Location, more: """, "addResources":[{"id":"r1"}]"""))).Is(HttpStatusCode.Created);
        Assert.Equal(id, granted["appInstanceId"]);
        Assert.Equal("zone-" + MeoWorld.HostId, granted.Json.GetProperty("zones")[0].GetProperty("zoneId").GetString());
        Assert.Equal("r1", granted.Json.GetProperty("addResources")[0].GetProperty("resourceDefinitionId").GetString());
        Assert.Equal(operation.Location, granted.Json.GetProperty("_links").GetProperty("appLcmOpOcc").GetProperty("href").GetString());
        var read = (await Client.Get(granted.Location)).Is(HttpStatusCode.OK);
        Assert.Equal((id, granted.Location), (read["appInstanceId"], read.Location));

        (await Client.Post(Grants, Request(id, operation.Location, kind: "TERMINATE"))).Is(HttpStatusCode.Forbidden, "is INSTANTIATE, not TERMINATE");
        (await Client.Post(Grants, Request(id, operation.Location, appDId: "other"))).Is(HttpStatusCode.Forbidden, "is made of probe-d");
        (await Client.Post(Grants, Request((await Client.Create()).Split('/')[^1], operation.Location))).Is(HttpStatusCode.Forbidden, "is at work on instance");
        world.Meo.Site.Script = SiteScript.Obey;
        await Client.Post(operation.Location + "/cancel", """{"CancelMode":"FORCED"}""");
        await Client.EndOf(operation);
        (await Client.Post(Grants, Request(id, operation.Location))).Is(HttpStatusCode.Forbidden, "has ended FAILED");
        (await Client.Get(granted.Location)).Is(HttpStatusCode.NotFound, "There is no grant");
    }

    [Fact]
    public async Task What_is_missing_is_told_at_once()
    {
        var refused = (await Client.Post(Grants, """{"operation":"SCALE"}""")).Is(HttpStatusCode.BadRequest, "INSTANTIATE, OPERATE or TERMINATE");
        Assert.Contains("appLcmOpOccId", refused.Detail, StringComparison.Ordinal);
        (await Client.Post(Grants, Request("nobody", "/x"))).Is(HttpStatusCode.NotFound);
    }

    private static string Request(string instance, string operation, string kind = "INSTANTIATE", string appDId = "probe-d", string more = "") => $$$"""
        {"appInstanceId":"{{{instance}}}","appLcmOpOccId":"{{{operation.Split('/')[^1]}}}","appDId":"{{{appDId}}}","operation":"{{{kind}}}",
         "_links":{"appLcmOpOcc":{"href":"{{{operation}}}"},"appInstance":{"href":"/x"} }{{{more}}} }
        """;
}

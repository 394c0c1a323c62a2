using System.Net;

namespace Mano.Meo.Tests.Rest;

/// <summary>What holds for every resource.</summary>
public sealed class RestRulesTests : IAsyncLifetime
{
    private const string Instances = "/app_lcm/v1/app_instances";

    private RestWorld world = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync() => world = await RestWorld.Start(o => o with { Rest = new() { PageSize = 2 } });

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_path_that_does_not_exist_is_told_where_resources_are() =>
        (await Client.Get("/app_lcm/v2/app_instances")).Is(HttpStatusCode.NotFound, "/app_lcm/v1");

    [Fact]
    public async Task A_method_that_is_not_offered_is_told_which_are()
    {
        var refused = (await Client.Send(HttpMethod.Put, Instances, RestClient.Json("{}"))).Is(HttpStatusCode.MethodNotAllowed, "GET, POST");
        Assert.Equal("GET, POST", refused.Headers["Allow"]);
    }

    [Theory]
    [InlineData("application/xml", HttpStatusCode.NotAcceptable)]
    [InlineData("text/html, application/json;q=0", HttpStatusCode.NotAcceptable)]
    [InlineData("text/html, application/*;q=0.5", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("*/*", HttpStatusCode.OK)]
    public async Task What_the_caller_takes_is_given_or_refused(string accept, HttpStatusCode status) =>
        (await Client.Get(Instances, ("Accept", accept))).Is(status);

    [Fact]
    public async Task A_body_of_another_type_or_too_long_is_refused_before_anything_is_done()
    {
        (await Client.Send(HttpMethod.Post, Instances, new StringContent("<a/>", null, "application/xml"))).Is(HttpStatusCode.UnsupportedMediaType, "application/json is needed");
        (await Client.Post(Instances, $$"""{"appDId":"{{new string('x', 70_000)}}"}""")).Is(HttpStatusCode.RequestEntityTooLarge);
        Assert.Empty((await Client.Get(Instances)).Json.EnumerateArray());
    }

    [Fact]
    public async Task Lists_come_in_pages_that_say_where_the_next_one_is()
    {
        await world.Meo.Onboard();
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await Client.Create(name: $"n{i}")).Split('/')[^1]);
        }

        var (seen, pages) = await Follow(Instances + "?exclude_default");
        Assert.Equal(made.Order(StringComparer.Ordinal), seen);
        Assert.Equal(3, pages);
        // Ids made in one millisecond have no order among them; the last of all ends the list, whatever its name.
        var ends = made.Order(StringComparer.Ordinal).ToList();
        (seen, pages) = await Follow(Instances + $"?filter=(in,appInstanceName,n{made.IndexOf(ends[0])},n{made.IndexOf(ends[^1])})");
        Assert.Equal(2, seen.Count);
        Assert.Equal(1, pages);
        (await Client.Get(Instances + "?nextpage_opaque_marker=%20")).Is(HttpStatusCode.BadRequest, "Link header");
    }

    [Fact]
    public async Task Operations_are_listed_newest_first()
    {
        await world.Meo.Onboard();
        var first = await Client.Post(await Client.Create() + "/instantiate");
        await Client.EndOf(first);
        var second = await Client.Post(await Client.Create() + "/instantiate");
        await Client.EndOf(second);
        var (seen, _) = await Follow("/app_lcm/v1/app_lcm_op_occs");
        Assert.Equal([second.Location.Split('/')[^1], first.Location.Split('/')[^1]], seen);
    }

    [Theory]
    [InlineData("(eq,appInstanceName,n1)", "n1")]
    [InlineData("(neq,appInstanceName,n1)", "n0 n2")]
    [InlineData("(in,appInstanceName,n1,n2)", "n1 n2")]
    [InlineData("(nin,appInstanceName,n1,n2)", "n0")]
    [InlineData("(cont,appInstanceName,1,2)", "n1 n2")]
    [InlineData("(ncont,appInstanceName,1)", "n0 n2")]
    [InlineData("(gt,appInstanceName,n0);(lt,appInstanceName,n2)", "n1")]
    [InlineData("(gte,appInstanceName,n1)", "n1 n2")]
    [InlineData("(lte,appInstanceName,n1)", "n0 n1")]
    [InlineData("(eq,instantiatedAppState/operationalState,STARTED)", "n0")]
    [InlineData("(neq,instantiatedAppState/operationalState,STARTED)", "n1 n2")]
    [InlineData("(eq,appInstanceDescription,'it''s, (really)')", "")]
    public async Task A_filter_lets_pass_what_it_says(string filter, string names)
    {
        await world.Meo.Onboard();
        var urls = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            urls.Add(await Client.Create(name: $"n{i}"));
        }

        await Client.EndOf(await Client.Post(urls[0] + "/instantiate"));
        var found = (await Client.Get($"{Instances}?filter={Uri.EscapeDataString(filter)}")).Is(HttpStatusCode.OK).Json.EnumerateArray();
        Assert.Equal(names, string.Join(' ', found.Select(f => f.GetProperty("appInstanceName").GetString()).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("filter=(eq,color,red)", "the attributes are id, appInstanceName")]
    [InlineData("filter=(eq,instantiatedAppState/mood,red)", "those of instantiatedAppState are operationalState")]
    [InlineData("filter=(eq,id/x,red)", "id has no attributes")]
    [InlineData("filter=eq,id,1", "at letter 1: '(' was expected")]
    [InlineData("filter=(is,id,1)", "'is' is no operator; there are eq, neq")]
    [InlineData("filter=(eq,id,1,2)", "eq takes one value")]
    [InlineData("filter=(eq,id)", "needs a value")]
    [InlineData("filter=(eq,id,'1)", "does not end")]
    [InlineData("filter=(eq,id,1);", "'(' was expected")]
    [InlineData("filter=(eq,id,1)x", "the end was expected")]
    [InlineData("fields=id", "simple attribute")]
    [InlineData("fields=color", "the attributes are")]
    [InlineData("all_fields&exclude_default", "contradict")]
    public async Task A_query_that_is_wrong_is_told_what_is_right(string query, string detail) =>
        (await Client.Get($"{Instances}?{query}")).Is(HttpStatusCode.BadRequest, detail);

    [Theory]
    [InlineData("", "operationParams stateEnteredTime startTime _links")]
    [InlineData("?all_fields", "operationParams stateEnteredTime startTime _links")]
    [InlineData("?exclude_default", "stateEnteredTime startTime")]
    [InlineData("?fields=operationParams&exclude_default", "operationParams stateEnteredTime startTime")]
    [InlineData("?fields=operationParams/terminationType", "operationParams stateEnteredTime startTime _links")]
    [InlineData("?fields=error", "stateEnteredTime startTime _links")]
    [InlineData("?exclude_fields=operationParams,_links/self", "stateEnteredTime startTime _links")]
    public async Task The_fields_that_are_wanted_are_given(string query, string complex)
    {
        await world.Meo.Onboard();
        await Client.EndOf(await Client.Post(await Client.Create() + "/instantiate"));
        var found = Assert.Single((await Client.Get("/app_lcm/v1/app_lcm_op_occs" + query)).Is(HttpStatusCode.OK).Json.EnumerateArray());
        var names = found.EnumerateObject().Select(p => p.Name).ToList();
        Assert.Contains("operationState", names);
        Assert.Equal(complex.Split(' ').Order(StringComparer.Ordinal), names.Intersect(["operationParams", "stateEnteredTime", "startTime", "_links", "error"]).Order(StringComparer.Ordinal));
        Assert.Equal(!query.Contains("_links/self", StringComparison.Ordinal), !found.TryGetProperty("_links", out var links) || links.TryGetProperty("self", out _));
    }

    private async Task<(List<string> Ids, int Pages)> Follow(string path)
    {
        var ids = new List<string>();
        var pages = 0;
        for (string? next = path; next is not null; pages++)
        {
            var page = (await Client.Get(next)).Is(HttpStatusCode.OK);
            ids.AddRange(page.Json.EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            next = page.Headers.TryGetValue("Link", out var link) ? link[(link.IndexOf('<', StringComparison.Ordinal) + 1)..link.IndexOf('>', StringComparison.Ordinal)] : null;
        }

        return (ids, pages);
    }
}

using System.Text.Json;

namespace Mano.Cli.Tests;

/// <summary>Lists with a filter, an order, a limit and fields of one's own.</summary>
public sealed class ListFlagTests(RunningAllInOne system) : IClassFixture<RunningAllInOne>
{
    [Fact]
    public async Task Packages_are_filtered_ordered_and_limited()
    {
        Assert.Equal(["hello-edge", "quiet-echo"], await Names("package", "--order-by", "app_name"));
        Assert.Equal(["quiet-echo", "hello-edge"], await Names("package", "--order-by", "app_name desc"));
        Assert.Equal(["quiet-echo"], await Names("package", "--order-by", "app_name desc", "--limit", "1"));
        Assert.Equal(["hello-edge"], await Names("package", "--filter", "app_name = hello-* AND operational_state = ENABLED"));
        Assert.Empty(await Names("package", "--filter", "app_name = nothing"));
        Assert.Contains("no packages", (await system.Done("package", "list", "--filter", "app_name = nothing")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_wanted_fields_has_those_and_JSON_nothing_else()
    {
        var table = (await system.Done("package", "list", "--fields", "app_name,content.size_bytes,artifacts.path", "--order-by", "app_name")).Out;
        Assert.Matches("APP_NAME +CONTENT.SIZE_BYTES +ARTIFACTS.PATH", table);
        Assert.Matches("quiet-echo +[0-9]+ +.*Definitions/quiet-echo.yaml", table);

        using var json = JsonDocument.Parse((await system.Done("package", "list", "--fields", "app_name", "--output", "json")).Out);
        Assert.All(json.RootElement.GetProperty("appPackages").EnumerateArray(), p => Assert.Equal("appName", Assert.Single(p.EnumerateObject()).Name));
    }

    [Fact]
    public async Task Instances_operations_and_sites_take_the_same_flags()
    {
        await system.Done("instance", "create", "quiet-echo", "--name", "b-one");
        await system.Done("instance", "create", "quiet-echo", "--name", "a-two");
        Assert.Equal(["a-two", "b-one"], await Values("instance", "appInstances", "appInstanceName", "--order-by", "app_instance_name"));
        Assert.Equal(["b-one"], await Values("instance", "appInstances", "appInstanceName", "--filter", "app_instance_name = b-*"));
        Assert.Equal(["edge-b", "edge-a"], await Values("site", "sites", "siteId", "--order-by", "site_id desc"));
        Assert.Single(await Values("site", "sites", "siteId", "--limit", "1"));
        await system.Done("instance", "instantiate", "b-one");
        await system.Done("instance", "terminate", "b-one");
        Assert.Equal(["INSTANTIATE"], await Values("operation", "operations", "kind", "--filter", "kind = INSTANTIATE"));
        Assert.Equal(["INSTANTIATE", "TERMINATE"], await Values("operation", "operations", "kind", "--order-by", "start_time"));
        await system.Done("instance", "delete", "a-two");
        await system.Done("instance", "delete", "b-one");
    }

    [Fact]
    public async Task Changes_of_instances_are_told_until_nobody_wants_to_know()
    {
        await using var watching = ManoProcess.Start(system.Folder, "instance", "list", "--watch", "--filter", "app_instance_name = watched*", "--meo", system.Addresses.Meo.Grpc);
        await system.Done("instance", "create", "quiet-echo", "--name", "watched-one");
        await watching.WaitFor("NOT_INSTANTIATED  watched-one");
        await system.Done("instance", "delete", "watched-one");
        await watching.WaitFor("deleted");
        Assert.DoesNotContain("away", watching.Err, StringComparison.Ordinal);
        watching.Interrupt();
        Assert.Equal((int)Terminal.ExitCode.Interrupted, await watching.WaitForExit());
    }

    [Theory]
    [InlineData("--filter", "app_nome = x", "app_nome")]
    [InlineData("--order-by", "artifacts", "artifacts")]
    [InlineData("--fields", "colour", "colour")]
    public async Task What_no_list_understands_is_refused_with_what_is_wrong(string flag, string value, string named)
    {
        var run = await system.Mano("package", "list", flag, value);
        Assert.Equal(Terminal.ExitCode.Refused, run.Exit);
        Assert.Contains(named, run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_none_is_a_mistake_of_the_command_line() =>
        Assert.Equal(Terminal.ExitCode.Usage, (await system.Mano("package", "list", "--limit", "0")).Exit);

    private Task<List<string>> Names(string noun, params string[] flags) => Values(noun, "appPackages", "appName", flags);

    private async Task<List<string>> Values(string noun, string list, string field, params string[] flags)
    {
        using var json = JsonDocument.Parse((await system.Done([noun, "list", "--output", "json", .. flags])).Out);
        return json.RootElement.TryGetProperty(list, out var items) ? [.. items.EnumerateArray().Select(i => i.GetProperty(field).GetString()!.Split('_')[^1])] : [];
    }
}

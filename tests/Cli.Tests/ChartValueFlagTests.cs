using System.Text.Json;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>Values for a chart on the command line: what the MEO is sent for them, and what is said when they are wrong.</summary>
public sealed class ChartValueFlagTests(ListeningMeo meo) : IClassFixture<ListeningMeo>, IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("values.yaml", "replicas: 2\nimage: { tag: '1.4' }\nhosts: [a, b]\n", """{"replicas":2,"image":{"tag":"1.4"},"hosts":["a","b"]}""")]
    [InlineData("values.json", """{ "replicas": 2, "image": { "tag": "1.4" } }""", """{"replicas":2,"image":{"tag":"1.4"}}""")]
    [InlineData("values.yaml", "# nothing is changed\n", "")]
    public async Task A_values_file_is_sent_as_one_JSON_object(string file, string content, string json)
    {
        File.WriteAllText(folder.File(file), content);
        Assert.Equal(json, await SentFor("--values", file));
        Assert.Equal(json, await SentFor("--values", folder.File(file)));
    }

    [Fact]
    public async Task Values_are_taken_from_standard_input_too() =>
        Assert.Equal("""{"replicas":3}""", Sent(await Instantiate("replicas: 3", "--values", "-")));

    [Fact]
    public async Task Without_values_none_are_sent() => Assert.Equal("", await SentFor());

    [Fact]
    public async Task The_later_of_two_files_wins_where_both_speak_and_lists_are_replaced_whole()
    {
        File.WriteAllText(folder.File("base.yaml"), "image: { tag: '1.0', pull: always }\nhosts: [a, b]\nreplicas: 1\n");
        File.WriteAllText(folder.File("edge.yaml"), "image: { tag: '1.4' }\nhosts: [c]\n");
        Assert.Equal("""{"image":{"tag":"1.4","pull":"always"},"hosts":["c"],"replicas":1}""", await SentFor("--values", "base.yaml", "--values", "edge.yaml"));
        Assert.Equal("""{"image":{"tag":"1.0","pull":"always"},"hosts":["a","b"],"replicas":1}""", await SentFor("--values", "edge.yaml", "--values", "base.yaml"));
    }

    [Theory]
    [InlineData("replicas=2", """{"replicas":2}""")]
    [InlineData("image.tag=v1.4", """{"image":{"tag":"v1.4"}}""")]
    [InlineData("a.b.c=-7", """{"a":{"b":{"c":-7}}}""")]
    [InlineData("on=true", """{"on":true}""")]
    [InlineData("gone=null", """{"gone":null}""")]
    [InlineData("zero=0", """{"zero":0}""")]
    [InlineData("code=007", """{"code":"007"}""")]
    [InlineData("half=0.5", """{"half":"0.5"}""")]
    [InlineData("empty=", """{"empty":""}""")]
    [InlineData("query=a=b,c", """{"query":"a=b,c"}""")]
    [InlineData(@"labels.app\.example/name=x", """{"labels":{"app.example/name":"x"}}""")]
    public async Task A_set_value_is_sent_under_its_names_with_the_kind_that_helm_takes_it_for(string set, string json) =>
        Assert.Equal(json, await SentFor("--set", set));

    [Fact]
    public async Task Set_values_are_joined_and_the_last_of_a_name_wins() =>
        Assert.Equal("""{"image":{"tag":"b","pull":"never"},"replicas":2}""",
            await SentFor("--set", "image.tag=a", "--set", "image.pull=never", "--set", "replicas=2", "--set", "image.tag=b"));

    [Fact]
    public async Task Set_values_win_over_every_file_wherever_they_stand_and_null_is_sent_to_take_a_value_away()
    {
        File.WriteAllText(folder.File("values.yaml"), "image: { tag: '1.0', pull: always }\nreplicas: 1\nnode: { zone: a }\n");
        Assert.Equal("""{"image":{"tag":"1.4","pull":"always"},"replicas":3,"node":null}""",
            await SentFor("--set", "image.tag=1.4", "--set", "replicas=3", "--set", "node=null", "--values", "values.yaml"));
    }

    [Theory]
    [InlineData("replicas", "--set: NAME=VALUE is needed: replicas=2, image.tag=1.4.")]
    [InlineData("=hunter2", "--set: NAME=VALUE is needed: replicas=2, image.tag=1.4.")]
    [InlineData("hosts[0]=hunter2", "--set: 'hosts[0]' is no name; items of lists are given with --values.")]
    [InlineData("image..tag=hunter2", "--set: 'image..tag' is no name")]
    [InlineData(".tag=hunter2", "--set: '.tag' is no name")]
    [InlineData("image.=hunter2", "--set: 'image.' is no name")]
    public async Task A_malformed_set_is_a_usage_error_that_keeps_the_value_to_itself_and_nothing_is_asked(string set, string sentence) =>
        await Refused("--set", sentence, "--set", set);

    [Theory]
    [InlineData("a: hunter2\n b: [", "--values values.yaml: Line 2")]
    [InlineData("- hunter2", "--values values.yaml: Chart values are one mapping of names to values")]
    [InlineData("a: hunter2\na: hunter2", "The key a stands here twice")]
    public async Task A_file_that_is_no_object_is_named_with_what_is_wrong_and_nothing_is_asked(string content, string sentence)
    {
        File.WriteAllText(folder.File("good.yaml"), "replicas: 1");
        File.WriteAllText(folder.File("values.yaml"), content);
        await Refused("--values", sentence, "--values", "good.yaml", "--values", "values.yaml");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named_and_nothing_is_asked()
    {
        await Refused("--values", folder.File("none.yaml"), "--values", "none.yaml");
        await Refused("--values", folder.FullPath, "--values", folder.FullPath);
    }

    private async Task Refused(string flag, string sentence, params string[] flags)
    {
        var run = await Instantiate("", [.. flags, "--output", "json"]);
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(sentence, run.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Err + run.Out, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(flag, document.RootElement.GetProperty("failure").GetProperty("subject").GetString());
        Assert.Empty(meo.Taken());
    }

    private async Task<string> SentFor(params string[] flags) => Sent(await Instantiate("", flags));

    private string Sent(CommandRun run)
    {
        Assert.True(run.Exit == ExitCode.Done, run.ToString());
        return Assert.Single(meo.Taken()).ChartValues;
    }

    private Task<CommandRun> Instantiate(string input, params string[] flags) =>
        CommandRun.Of(["instance", "instantiate", ListeningMeo.InstanceName, "--no-wait", .. flags], folder.FullPath, meo.Address, input: input);
}

using System.Text;

namespace Mano.Packages.Tests.Charts;

/// <summary>Values for charts: read as helm reads them, bounded, laid over one another, and never quoted in a refusal.</summary>
public sealed class ChartValuesTests
{
    [Theory]
    [InlineData("replicas: 2\nimage: { tag: '1.0', pull: always }", """{"replicas":2,"image":{"tag":"1.0","pull":"always"}}""")]
    [InlineData("""{ "replicas": 2, "tag": "1.0" }""", """{"replicas":2,"tag":"1.0"}""")]
    [InlineData("a: yes\nb: Off\nc: 'yes'\nd: ~\ne:", """{"a":true,"b":false,"c":"yes","d":null,"e":null}""")]
    [InlineData("mode: 0440\nhex: 0x1F\nmany: 1_000\nhalf: .5\nminus: -7\nbig: 12345678901234567890", """{"mode":288,"hex":31,"many":1000,"half":0.5,"minus":-7,"big":12345678901234567890}""")]
    [InlineData("version: 1.10\ntag: 1.2.3\nday: 2026-01-01\nnan: .nan\nempty: ''", """{"version":1.10,"tag":"1.2.3","day":"2026-01-01","nan":".nan","empty":""}""")]
    [InlineData("list: [a, 1, [b], { c: d }]", """{"list":["a",1,["b"],{"c":"d"}]}""")]
    [InlineData("a: &x { b: c }\nd: *x", """{"a":{"b":"c"},"d":{"b":"c"}}""")]
    [InlineData("8080: web", """{"8080":"web"}""")]
    [InlineData("{}", "{}")]
    [InlineData("", "")]
    [InlineData("  \n# nothing is changed\n---\n", "")]
    public void YAML_and_JSON_mean_what_helm_takes_them_for(string text, string json)
    {
        Assert.Equal(json, ChartValues.Read(text, out var wrong));
        Assert.Null(wrong);
    }

    [Theory]
    [InlineData("- hunter2", "one mapping of names to values")]
    [InlineData("hunter2", "one mapping of names to values")]
    [InlineData("[1]", "one mapping of names to values")]
    [InlineData("a: hunter2\na: hunter2", "The key a stands here twice")]
    [InlineData("a: &x { b: hunter2 }\nc: { <<: *x }", "Merge keys (<<) are not followed")]
    [InlineData("a: hunter2\n b: [", "Line 2")]
    [InlineData("{ \"a\": \"hunter2\", }", "The JSON cannot be read")]
    [InlineData("a: 1\n---\nb: hunter2", "A second document begins")]
    public void What_is_no_object_is_refused_without_showing_a_value(string text, string sentence)
    {
        Assert.Equal("", ChartValues.Read(text, out var wrong));
        Assert.Contains(sentence, wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_large_is_refused_also_when_aliases_make_it_so()
    {
        _ = ChartValues.Read("a: " + new string('x', ChartValues.MaxBytes), out var large);
        Assert.Contains($"at most {ChartValues.MaxBytes}", large, StringComparison.Ordinal);

        var bomb = new StringBuilder("a0: &a0 '" + new string('x', 1000) + "'\n");
        for (var i = 1; i < 6; i++)
        {
            bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        _ = ChartValues.Read(bomb.ToString(), out var grown);
        Assert.Contains("aliases followed", grown, StringComparison.Ordinal);

        _ = ChartValues.Read(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200), out var deep);
        Assert.NotNull(deep);
    }

    [Theory]
    [InlineData("""{"a":1}""", "", """{"a":1}""")]
    [InlineData("", """{"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":{"b":1,"c":2},"d":[1,2]}""", """{"a":{"c":3},"d":[9],"e":null}""", """{"a":{"b":1,"c":3},"d":[9],"e":null}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":1}""", """{"a":{"b":"ä<"}}""", """{"a":{"b":"ä<"}}""")]
    public void Objects_are_joined_and_all_else_is_replaced(string under, string over, string merged) => Assert.Equal(merged, ChartValues.Merge(under, over));

    [Theory]
    [InlineData("Artifacts/Deployment/Charts/values.yaml")]
    [InlineData("Artifacts/Deployment/Charts/values.json")]
    [InlineData("Artifacts/Deployment/Charts/web.values.yml")]
    public void A_values_file_beside_the_chart_is_the_packages(string file)
    {
        using var package = Charted().With(file, """{ "replicas": 3 }""").WithManifest().Make();

        Assert.Equal("""{"replicas":3}""", PackageReader.Read(package).Content!.ChartValues);
    }

    [Fact]
    public void Values_of_a_package_that_are_wrong_or_two_refuse_it_and_those_without_a_chart_mean_nothing()
    {
        using var wrong = Charted().With("Artifacts/Deployment/Charts/values.yaml", "- 1").WithManifest().Make();
        var fault = Assert.Single(PackageReader.Read(wrong).Errors);
        Assert.Equal(("chart-values", "Artifacts/Deployment/Charts/values.yaml"), (fault.Rule, fault.File));

        using var two = Charted().With("Artifacts/Deployment/Charts/values.yaml", "a: 1").With("Artifacts/Deployment/Charts/web.values.yaml", "a: 2").WithManifest().Make();
        Assert.Contains("Two files give values", Assert.Single(PackageReader.Read(two).Errors).Message, StringComparison.Ordinal);

        using var none = Named().With("Artifacts/Deployment/Charts/values.yaml", "- 1").WithManifest().Make();
        Assert.Equal("", PackageReader.Read(none).Content!.ChartValues);
    }

    [Fact]
    public void It_is_explained_which_VIMs_install_the_chart_and_what_they_do_not()
    {
        using var package = Charted().With("Artifacts/Deployment/Charts/values.yaml", "a: 1").WithManifest().Make();
        var explanation = PackageExplanation.Of(PackageReader.Read(package).Content!);

        var chart = explanation.Sections.Single(s => s.Title == "compute").Lines.Single(l => l.Name == "chart").Text;
        Assert.Contains("whose VIM is Kubernetes", chart, StringComparison.Ordinal);
        Assert.Contains("with the values beside it", chart, StringComparison.Ordinal);
        Assert.DoesNotContain(explanation.NotSupported, s => s.Contains("chart", StringComparison.OrdinalIgnoreCase));

        using var two = Charted().With("Artifacts/Deployment/Charts/other.tgz", "\u001f\u008b other").WithManifest().Make();
        Assert.Contains(PackageExplanation.Of(PackageReader.Read(two).Content!).NotSupported, s => s.StartsWith("2 Helm charts", StringComparison.Ordinal));
    }

    private static CsarMaker Named() => new CsarMaker().WithMeta("app.json").With("app.json", Samples.Json
        .Replace("\"containerFormat\": \"BARE\", \"diskFormat\": \"QCOW2\"", "\"containerFormat\": \"DOCKER\"", StringComparison.Ordinal)
        .Replace("https://images.example/counter.qcow2", "counter:1.0", StringComparison.Ordinal).Replace("2.2.1, 3.2.1", "3.2.1", StringComparison.Ordinal));

    private static CsarMaker Charted() => Named().With("Artifacts/Deployment/Charts/web.tgz", "\u001f\u008b a chart");
}

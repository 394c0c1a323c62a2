using System.Text.RegularExpressions;
using Mano.Deploy.Tests.Kubernetes;
using Mano.Testing;

namespace Mano.Deploy.Tests.Operations;

/// <summary>docs/operations/alarms.md and deploy/prometheus against the sources.</summary>
public sealed partial class AlarmTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "operations", "alarms.md"));
    private static readonly string Sources = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin")).Select(File.ReadAllText));

    [Fact]
    public void Every_event_that_is_logged_as_an_error_is_explained_and_no_other()
    {
        var logged = ErrorEvent().Matches(Sources).Select(m => m.Groups[1].Value).Order().ToArray();
        Assert.True(logged.Length > 15, $"only {logged.Length} events were found in the sources");
        Assert.Equal(logged.Distinct(), logged);
        var explained = PageEvent().Matches(Page).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal([], logged.Except(explained));
        Assert.Equal([], explained.Except(logged));
    }

    [Fact]
    public void Every_metric_is_explained_and_no_other()
    {
        var made = Metric().Matches(Sources).Select(m => m.Groups[1].Value).Distinct().Order().ToArray();
        Assert.True(made.Length > 15, $"only {made.Length} metrics were found in the sources");
        var explained = PageMetric().Matches(Page).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal([], made.Except(explained));
        Assert.Equal([], explained.Except(made));
    }

    [Fact]
    public void Every_alert_is_of_a_metric_that_exists_and_the_page_and_the_rules_name_the_same_alerts()
    {
        var rules = Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Folder, "deploy", "prometheus", "alerts.yaml"))).Single()
            .Items("groups").SelectMany(g => g.Items("rules")).ToArray();
        var alerts = rules.Select(r => r.Text("alert")).ToArray();
        Assert.Equal(alerts.Where(a => a != "ManoDown").Order(), PageAlert().Matches(Page).Select(m => m.Groups[1].Value).Distinct().Order());
        var metrics = PageMetric().Matches(Page).Select(m => m.Groups[1].Value).ToHashSet();
        foreach (var rule in rules.Where(r => r.Text("alert") != "ManoDown"))
        {
            var used = Regex.Matches(rule.Text("expr"), "mano_[a-z_]+").Select(m => Regex.Replace(m.Value, "_(sum|count)$", "")).ToArray();
            Assert.NotEmpty(used);
            Assert.All(used, u => Assert.Contains(u, metrics));
            Assert.False(string.IsNullOrEmpty(rule.Text("annotations", "summary")), rule.Text("alert"));
        }
    }

    [GeneratedRegex(@"LoggerMessage\((\d+), LogLevel\.(?:Error|Critical)")]
    private static partial Regex ErrorEvent();

    [GeneratedRegex(@"^\| (\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex PageEvent();

    // Not the properties that images bear in OpenStack, which are named in the same way.
    [GeneratedRegex(@"(?<!JsonPropertyName\(|Property = )""(mano_[a-z_]+)""")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(mano_[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex PageMetric();

    [GeneratedRegex(@"\*\*alert\*\* `(\w+)`")]
    private static partial Regex PageAlert();
}

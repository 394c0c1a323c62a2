using System.Text.Json.Nodes;
using Mano.Testing;
using Mano.VimAdapters.Kubernetes.Checks;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>The roles that ship grant what the adapter asks for, and nothing that it does not.</summary>
public sealed class RoleTests
{
    [Theory]
    [InlineData("vim", true)]
    [InlineData("vim-namespace", false)]
    public void The_role_grants_every_right_that_is_needed(string folder, bool managesNamespaces)
    {
        // In one namespace, what is of the whole cluster is done without.
        var needed = NeededRights.Of(managesNamespaces).Where(r => managesNamespaces || r.Where != RightScope.Cluster);
        foreach (var right in needed)
        {
            var granted = Rules(folder, right.Where == RightScope.Home && managesNamespaces ? "Role" : managesNamespaces ? "ClusterRole" : "Role", "mano-vim")
                .Where(r => r.Groups.Contains(right.Group) && r.Resources.Contains(right.Resource)).SelectMany(r => r.Verbs).ToHashSet();
            Assert.True(granted.IsSupersetOf(right.Verbs), $"{folder}: {right.Name} lacks {string.Join(", ", right.Verbs.Except(granted))}");
        }
    }

    [Fact]
    public void The_role_grants_nothing_else_and_no_verb_for_everything()
    {
        var needed = NeededRights.Of(managesNamespaces: true).ToLookup(r => (r.Group, r.Resource));
        foreach (var rule in Rules("vim", "ClusterRole", "mano-vim"))
        {
            foreach (var resource in rule.Resources)
            {
                var wanted = rule.Groups.SelectMany(g => needed[(g, resource)]).SelectMany(r => r.Verbs).ToHashSet();
                Assert.True(wanted.IsSupersetOf(rule.Verbs), $"{resource}: {string.Join(", ", rule.Verbs.Except(wanted))} is not needed");
            }
        }

        Assert.DoesNotContain("\"*\"", File.ReadAllText(PathOf("vim")), StringComparison.Ordinal);
    }

    private static IEnumerable<(string[] Groups, string[] Resources, string[] Verbs)> Rules(string folder, string kind, string prefix) => YamlText.Documents(File.ReadAllText(PathOf(folder)))
        .Where(d => (string?)d["kind"] == kind && ((string)d["metadata"]!["name"]!).StartsWith(prefix, StringComparison.Ordinal) && !((string)d["metadata"]!["name"]!).EndsWith("charts", StringComparison.Ordinal))
        .SelectMany(d => d["rules"]!.AsArray()).Select(r => (Texts(r!["apiGroups"]), Texts(r["resources"]), Texts(r["verbs"])));

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(t => (string)t!)];

    private static string PathOf(string folder) => Path.Combine(Repository.Folder, "deploy", "k8s", folder, "vim.yaml");
}

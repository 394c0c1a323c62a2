using System.Text.Json.Nodes;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>The rights of a MEPM whose VIM is a cluster, as they would be applied.</summary>
public sealed class VimRoleTests
{
    [SchemaTheory]
    [InlineData("vim", "mano")]
    [InlineData("vim-namespace", "mano-apps")]
    public void They_fit_the_schema_and_bind_the_service_account_that_is_made(string folder, string space)
    {
        var objects = Yaml.Documents(Kubectl.Kustomize(folder)).ToArray();

        Assert.Equal("", SchemaTests.Faults(objects));
        var account = objects.Single(o => o.Text("kind") == "ServiceAccount");
        Assert.Equal((space, "mano-vim"), (account.Text("metadata", "namespace"), account.Name()));
        foreach (var binding in objects.Where(o => o.Text("kind").EndsWith("Binding", StringComparison.Ordinal)))
        {
            Assert.NotNull(objects.FirstOrDefault(o => o.Text("kind") == binding.Text("roleRef", "kind") && o.Name() == binding.Text("roleRef", "name")));
            var subject = (JsonObject)binding["subjects"]!.AsArray().Single()!;
            Assert.Equal(("ServiceAccount", "mano-vim", space), (subject.Text("kind"), subject.Text("name"), subject.Text("namespace")));
        }
    }
}

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

    [SchemaFact]
    public void A_site_whose_VIM_is_the_cluster_gives_its_token_to_the_MEPM_alone()
    {
        using var folder = new Testing.TempFolder();
        string From(string part) => Path.GetRelativePath(folder.FullPath, Path.Combine(Testing.Repository.Folder, "deploy", "k8s", part));
        File.WriteAllText(folder.File("kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: mano
            resources: [{From("site")}]
            components: [{From("components/kubernetes-vim")}]
            """);
        var objects = Yaml.Documents(Kubectl.Kustomize(folder.FullPath)).ToArray();

        Assert.Equal("", SchemaTests.Faults(objects));
        var pod = objects.Single(o => o.Id() == "StatefulSet/mano-site").At("spec", "template", "spec")!;
        Assert.Equal("mano-vim", pod.Text("serviceAccountName"));
        Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
        var mounted = pod.Items("containers").Where(c => c.Items("volumeMounts").Any(m => m.Text("name") == "cluster")).Select(c => c.Text("name"));
        Assert.Equal(["mepm"], mounted);
        Assert.Equal("Kubernetes", objects.Single(o => o.Text("kind") == "ConfigMap").Text("data", "VIM"));
    }
}

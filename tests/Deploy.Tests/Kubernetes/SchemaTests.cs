using System.Text.Json.Nodes;
using Mano.Testing;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>The objects against the schema of the Kubernetes API (1.27), and no field that it does not know.</summary>
public sealed class SchemaTests
{
    private static readonly string Validator = Path.Combine(Repository.Folder, "tests", "Deploy.Tests", "schema", "validate.mjs");

    public static TheoryData<string> Overlays => Rendered.Overlays;

    [SchemaTheory]
    [MemberData(nameof(Overlays))]
    public void Every_object_fits_the_schema_and_has_no_unknown_field(string overlay)
    {
        Assert.Equal("", Faults(Rendered.Of(overlay).Objects));
    }

    [SchemaFact]
    public void A_misspelt_field_a_wrong_type_and_an_unknown_kind_are_found()
    {
        var objects = Rendered.Of("dev").Objects.Select(o => o.DeepClone().AsObject()).ToArray();
        var meo = objects.Single(o => o.Id() == "StatefulSet/mano-meo");
        var container = meo.At("spec", "template", "spec")!["containers"]![0]!.AsObject();
        container["livenesProbe"] = container["livenessProbe"]!.DeepClone();
        meo["spec"]!["replicas"] = "one";
        objects[0]["kind"] = "Namespce";
        var faults = Faults(objects);
        Assert.Contains("/spec/template/spec/containers/0/livenesProbe is not a field of StatefulSet", faults, StringComparison.Ordinal);
        Assert.Contains("/spec/replicas must be integer", faults, StringComparison.Ordinal);
        Assert.Contains("has no kind Namespce", faults, StringComparison.Ordinal);
    }

    internal static string Faults(IEnumerable<JsonObject> objects)
    {
        var (_, output, errors) = Shell.RunWithInput(
            new JsonArray([.. objects.Select(o => o.DeepClone())]).ToJsonString(), "node", "--no-warnings", Validator);
        Assert.True(errors.Length == 0, errors);
        return output.Trim();
    }
}

/// <summary>A test that needs kubectl and the schema of Kubernetes; without them it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute() => Skip = (Kubectl.WhyMissing ?? KubernetesSchema.WhyMissing)!;
}

/// <summary>The same for one case.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SchemaFactAttribute : FactAttribute
{
    public SchemaFactAttribute() => Skip = (Kubectl.WhyMissing ?? KubernetesSchema.WhyMissing)!;
}

/// <summary>Where the schema comes from.</summary>
internal static class KubernetesSchema
{
    public static string? WhyMissing { get; } = Directory.Exists(Path.Combine(Repository.Folder, "tests", "node_modules", "kubernetes-models"))
        ? null
        : "needs the schema of Kubernetes, tests/node_modules/kubernetes-models: tests/install installs it";
}

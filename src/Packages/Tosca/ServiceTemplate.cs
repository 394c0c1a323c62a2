using Mano.Packages.Documents;
using Mano.Packages.Reading;

namespace Mano.Packages.Tosca;

/// <summary>A TOSCA service template, taken apart: its nodes by kind, its types, its inputs' defaults.</summary>
internal sealed class ServiceTemplate
{
    private readonly List<NodeTemplate> _nodes = [];

    private ServiceTemplate(MapNode root, TypeCatalog types, Place at) => (Root, Types, At) = (root, types, at);

    internal MapNode Root { get; }

    internal TypeCatalog Types { get; }

    internal Place At { get; }

    internal IReadOnlyList<NodeTemplate> Nodes => _nodes;

    internal static ServiceTemplate? Load(MapNode root, string path, IDescriptorFiles files, PackageLimits limits, ReadingContext context)
    {
        var at = new Place(files.Label(path), "", 0);
        var types = new TypeCatalog(files, limits, context.Faults);
        types.Load(root, path, at);
        var template = new ServiceTemplate(root, types, at);
        if (root.FindMap("topology_template") is not { } topology)
        {
            context.Faults.Error("missing-attribute", at, "The service template has no topology_template, so it describes no application.");
            return null;
        }

        var place = at.Child("topology_template", topology.Line);
        ReadInputs(topology, context);
        template.ReadNodes(topology, place, context);
        ReportPolicies(topology, place, context);
        return template;
    }

    internal IEnumerable<NodeTemplate> Of(params string[] baseTypes) => _nodes.Where(n => baseTypes.Contains(n.BaseType));

    private static void ReadInputs(MapNode topology, ReadingContext context)
    {
        foreach (var (name, value, _) in topology.FindMap("inputs")?.Entries ?? [])
        {
            context.Inputs.TryAdd(name, (value as MapNode)?.Find("default"));
        }
    }

    private void ReadNodes(MapNode topology, Place place, ReadingContext context)
    {
        if (topology.FindMap("node_templates") is not { Entries.Count: > 0 } nodes)
        {
            context.Faults.Error("missing-attribute", place, "topology_template has no node_templates, so it describes no application.");
            return;
        }

        var at = place.Child("node_templates", nodes.Line);
        foreach (var (name, value, line) in nodes.Entries)
        {
            var here = at.Child(name, line);
            if (value is not MapNode node || node.FindText("type") is not { } type)
            {
                context.Faults.Error("missing-attribute", here, $"The node template {name} has no type.");
                continue;
            }

            var template = new NodeTemplate(name, type, Types.Base(type), node, here);
            template.ReportUnknownKeys(context.Faults);
            _nodes.Add(template);
        }
    }

    /// <summary>Instantiation levels always say "one instance" in MEC; other policies have no place in an AppD.</summary>
    private static void ReportPolicies(MapNode topology, Place place, ReadingContext context)
    {
        var policies = topology.Find("policies");
        var maps = policies is ListNode list ? list.Items.OfType<MapNode>() : policies is MapNode map ? [map] : [];
        foreach (var (name, value, line) in maps.SelectMany(m => m.Entries))
        {
            var type = (value as MapNode)?.FindText("type") ?? "";
            if (type is not ("tosca.policies.nfv.InstantiationLevels" or "tosca.policies.nfv.VduInstantiationLevels"
                or "tosca.policies.nfv.ScalingAspects" or "tosca.policies.nfv.SecurityGroupRule"))
            {
                context.Faults.Warn("not-in-appd", place.Child("policies", line).Child(name, line),
                    $"A policy of type {type} has no place in an application descriptor (MEC 010-2); it is ignored.");
            }
        }
    }
}

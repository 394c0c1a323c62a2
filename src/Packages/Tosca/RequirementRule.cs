using Mano.Packages.Reading;

namespace Mano.Packages.Tosca;

/// <summary>A requirement that names a node names one of this template.</summary>
internal static class RequirementRule
{
    internal static void Check(ServiceTemplate template, ReadingContext context)
    {
        var names = template.Nodes.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, target, at) in template.Nodes.SelectMany(n => n.Requirements()))
        {
            if (target is not null && !names.Contains(target))
            {
                context.Demand("dangling-reference", at, $"The requirement {name} names the node {target}, which the template does not have.");
            }
        }
    }
}

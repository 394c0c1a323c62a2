using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>
/// TOSCA functions where a value stands. Inputs take their defaults: a package is onboarded before anyone could give
/// them values. Other functions are told and count as absent.
/// </summary>
internal static class Inputs
{
    private static readonly string[] Functions =
        ["get_property", "get_attribute", "get_artifact", "get_operation_output", "concat", "join", "token"];

    internal static Node? Resolve(Node node, Place at, ReadingContext context)
    {
        if (node is not MapNode { Entries: [var only] })
        {
            return node;
        }

        if (only.Key == "get_input")
        {
            return Default(only.Value, at, context);
        }

        if (!Functions.Contains(only.Key))
        {
            return node;
        }

        context.Faults.Warn("function", at, $"{only.Key} is not evaluated when a package is onboarded; write the value itself. It counts as absent.");
        return null;
    }

    private static Node? Default(Node argument, Place at, ReadingContext context)
    {
        var name = (argument as ScalarNode)?.Text ?? "";
        if (!context.Inputs.TryGetValue(name, out var value))
        {
            context.Faults.Warn("function", at, $"get_input names \"{name}\", which topology_template.inputs does not declare. It counts as absent.");
            return null;
        }

        if (value is null)
        {
            context.Faults.Warn("function", at, $"The input \"{name}\" has no default, and nobody gives inputs when a package is onboarded, so it counts as absent. Give it a default.");
        }

        return value;
    }
}

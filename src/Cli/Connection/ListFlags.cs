using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mano.Cli.Terminal;

namespace Mano.Cli.Connection;

/// <summary>
/// What every list can be asked, as the MEO's gRPC understands it (docs/theory/reading.md): which, in which order, how many, and which of their
/// fields. With <c>--fields</c> the table has those, and JSON nothing else.
/// </summary>
internal sealed class ListFlags
{
    private const int MostOfAPage = 500;

    private static readonly JsonFormatter Whole = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    private readonly Option<string?> filter = new("--filter") { Description = "only those for which this holds (AIP-160): 'app_name = edge-* AND create_time > 2026-11-21T00:00:00Z'", HelpName = "FILTER" };
    private readonly Option<string?> order = new("--order-by") { Description = "fields, separated by commas, each with ' desc' if it goes down", HelpName = "FIELDS" };
    private readonly Option<string?> fields = new("--fields") { Description = "only these fields, separated by commas, named as the proto does: app_name,content.size_bytes", HelpName = "FIELDS" };
    private readonly Option<int?> limit;

    /// <param name="limit">How many are shown if nothing else is said; null: all.</param>
    public ListFlags(int? limit = null) => this.limit = new("--limit")
    {
        Description = limit is null ? "this many at most (default: all)" : $"this many at most (default: {limit})",
        HelpName = "N",
        DefaultValueFactory = _ => limit,
        Validators = { result => { if (result.Tokens.Count > 0 && result.GetValueOrDefault<int?>() < 1) { result.AddError("--limit: a number of 1 or more is needed."); } } },
    };

    public IEnumerable<Symbol> All => [filter, order, fields, limit];

    /// <summary>Every page of it, as far as is wanted.</summary>
    /// <param name="run">Whose flags.</param>
    /// <param name="request">What is asked beyond them.</param>
    /// <param name="call">Asks it.</param>
    public async Task<TAnswer> ReadAsync<TRequest, TAnswer>(Invocation run, TRequest request, Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call)
        where TRequest : IMessage
        where TAnswer : class, IMessage<TAnswer>
    {
        Ask(run, request);
        TAnswer? all = null;
        for (var left = run.Get(limit) ?? int.MaxValue; ; )
        {
            Set(request, "page_size", Math.Min(left, MostOfAPage));
            var page = await run.Meo.Ask(o => call(request, o), run.Stop);
            left -= Items(page).Count;
            var next = (string)page.Descriptor.FindFieldByName("next_page_token").Accessor.GetValue(page);
            if (all is null)
            {
                all = page;
            }
            else
            {
                all.MergeFrom(page);
            }

            if (next.Length == 0 || left <= 0)
            {
                Set(all, "next_page_token", next);
                return all;
            }

            Set(request, "page_token", next);
        }
    }

    /// <summary>Prints it.</summary>
    /// <param name="table">What people are shown if they did not say what they want to see.</param>
    public void Show<TAnswer>(Invocation run, TAnswer answer, Func<Listing> table)
        where TAnswer : IMessage
    {
        if (run.Get(fields) is not { } wanted)
        {
            run.Answer(answer, console => table().Show(console));
            return;
        }

        run.Answer(() => Documents.OnlySet(answer), console =>
        {
            var paths = Paths(wanted);
            var listing = new Listing([.. paths.Select(p => p.ToUpperInvariant())]);
            foreach (var item in Items(answer))
            {
                var json = JsonNode.Parse(Whole.Format((IMessage)item!));
                listing.Add([.. paths.Select(p => new Cell(Text(json, p.Split('.'))))]);
            }

            listing.Show(console);
        });
    }

    /// <summary>What of them a watch can be asked.</summary>
    public void Watch(Invocation run, IMessage request)
    {
        Set(request, "filter", run.Get(filter) ?? "");
        Mask(run, request);
    }

    private void Ask(Invocation run, IMessage request)
    {
        Set(request, "filter", run.Get(filter) ?? "");
        Set(request, "order_by", run.Get(order) ?? "");
        Mask(run, request);
    }

    private void Mask(Invocation run, IMessage request)
    {
        if (run.Get(fields) is { } wanted)
        {
            Set(request, "read_mask", new FieldMask { Paths = { Paths(wanted) } });
        }
    }

    private static string[] Paths(string wanted) => wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void Set(IMessage message, string field, object value) => message.Descriptor.FindFieldByName(field).Accessor.SetValue(message, value);

    /// <summary>The one list that an answer has.</summary>
    private static System.Collections.IList Items(IMessage answer) =>
        (System.Collections.IList)answer.Descriptor.Fields.InDeclarationOrder().First(f => f.IsRepeated).Accessor.GetValue(answer);

    /// <summary>What is at a path, as one word; of a list, what is at it of each entry.</summary>
    private static string Text(JsonNode? node, ReadOnlySpan<string> path)
    {
        switch (node)
        {
            case JsonArray many:
                var texts = new List<string>();
                var rest = path is ["*", ..] ? path[1..] : path;
                foreach (var entry in many)
                {
                    texts.Add(Text(entry, rest));
                }

                return string.Join(", ", texts);
            case JsonObject one when !path.IsEmpty:
                return Text(one[path[0]], path[1..]);
            case null:
                return "";
            default:
                return node.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
        }
    }
}

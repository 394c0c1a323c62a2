using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound.Queries;

/// <summary>
/// What every List call asks in the same words (docs/theory/reading.md): page_size, page_token, filter, order_by, read_mask. They
/// are read off the request by their names, so that a list that has them obeys them.
/// </summary>
/// <typeparam name="T">What is listed, as it is answered.</typeparam>
internal sealed class ListQuery<T>
    where T : class, IMessage<T>, new()
{
    /// <summary>A filter that lets little pass is looked for so far; then the page ends, with or without items, and says where it goes on.</summary>
    internal const int MostLookedAt = 10_000;

    /// <summary>An order other than the call's own is made from all there is, at each page; not beyond this.</summary>
    internal const int MostOrdered = 50_000;

    private readonly IMessage request;
    private readonly int size;
    private readonly Filter filter;
    private readonly Ordering ordering;
    private readonly ReadMask mask;
    private readonly IReadOnlyList<string?>? after;

    private ListQuery(IMessage request)
    {
        var type = new T().Descriptor;
        this.request = request;
        size = Paging.Size((int)Field("page_size")!);
        filter = Filter.Parse(type, (string)Field("filter")!);
        ordering = Ordering.Parse(type, (string)Field("order_by")!);
        mask = ReadMask.Of((FieldMask?)Field("read_mask"), type);
        after = RequestToken.Page.Read(request, (string)Field("page_token")!, ordering.Count + 1);
    }

    /// <summary>Throws InvalidInput for what is wrong in it.</summary>
    public static ListQuery<T> Of(IMessage request) => new(request);

    /// <summary>The page.</summary>
    /// <param name="read">Reads so many items, in the order of the call, after a token.</param>
    /// <param name="token">The token of an item; tokens ascend by their bytes.</param>
    /// <param name="show">An item as it is answered.</param>
    /// <param name="cancel">The caller's presence.</param>
    public async Task<Paged<T>> Page<TItem>(
        Func<string?, int, CancellationToken, Task<Paged<TItem>>> read, Func<TItem, string> token, Func<TItem, CancellationToken, ValueTask<T>> show, CancellationToken cancel) =>
        ordering.IsNone ? await InOrderOfCall(read, token, show, cancel) : await Ordered(read, token, show, cancel);

    /// <summary>The same of what needs no waiting to be shown.</summary>
    public Task<Paged<T>> Page<TItem>(
        Func<string?, int, CancellationToken, Task<Paged<TItem>>> read, Func<TItem, string> token, Func<TItem, T> show, CancellationToken cancel) =>
        Page(read, token, (item, _) => ValueTask.FromResult(show(item)), cancel);

    private async Task<Paged<T>> InOrderOfCall<TItem>(
        Func<string?, int, CancellationToken, Task<Paged<TItem>>> read, Func<TItem, string> token, Func<TItem, CancellationToken, ValueTask<T>> show, CancellationToken cancel)
    {
        var found = new List<T>();
        var last = after?[^1];
        for (var lookedAt = 0; ;)
        {
            var batch = await read(last, size, cancel);
            for (var i = 0; i < batch.Items.Count; i++)
            {
                var shown = await show(batch.Items[i], cancel);
                last = token(batch.Items[i]);
                lookedAt++;
                if (filter.Lets(shown))
                {
                    found.Add(mask.Apply(shown));
                }

                var isEnd = i == batch.Items.Count - 1 && batch.NextToken.Length == 0;
                if (!isEnd && (found.Count == size || lookedAt == MostLookedAt))
                {
                    return new(found, RequestToken.Write(request, [last]));
                }
            }

            if (batch.NextToken.Length == 0)
            {
                return new(found, "");
            }

            last = batch.NextToken;
        }
    }

    /// <summary>Looks at everything and keeps what comes next: a page and one more, to know whether there is one.</summary>
    private async Task<Paged<T>> Ordered<TItem>(
        Func<string?, int, CancellationToken, Task<Paged<TItem>>> read, Func<TItem, string> token, Func<TItem, CancellationToken, ValueTask<T>> show, CancellationToken cancel)
    {
        var begin = after is null ? null : new Place(ordering.Read(after), after[^1]!, null);
        var next = new SortedSet<Place>(Comparer<Place>.Create(Compare));
        var lookedAt = 0;
        for (string? last = null; last is not { Length: 0 };)
        {
            var batch = await read(last, Paging.Most, cancel);
            if ((lookedAt += batch.Items.Count) > MostOrdered)
            {
                throw new Failure(FailureKind.NoCapacity, "TOO_MANY_TO_ORDER",
                    $"There are more than {MostOrdered} to be ordered; leave order_by out, and order what comes, or ask for a part of them.", "order_by").ToException();
            }

            foreach (var item in batch.Items)
            {
                var shown = await show(item, cancel);
                var place = new Place(ordering.Of(shown), token(item), shown);
                if (filter.Lets(shown) && (begin is null || Compare(place, begin) > 0) && next.Add(place) && next.Count > size + 1)
                {
                    next.Remove(next.Max!);
                }
            }

            last = batch.NextToken;
        }

        var page = next.Take(size).ToList();
        return new([.. page.Select(p => mask.Apply(p.Item!))], next.Count > size ? RequestToken.Write(request, [.. Ordering.Write(page[^1].Values), page[^1].Token]) : "");
    }

    private int Compare(Place left, Place right) =>
        ordering.Compare(left.Values, right.Values) is var order && order != 0 ? order : string.CompareOrdinal(left.Token, right.Token);

    private object? Field(string name) => request.Descriptor.FindFieldByName(name).Accessor.GetValue(request);

    private sealed record Place(IReadOnlyList<object?> Values, string Token, T? Item);
}

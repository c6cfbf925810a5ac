using System.Buffers.Binary;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The delivery figures of a campaign's pages and their sum. Figures of a page only grow, so older answers that come late change nothing.</summary>
/// <param name="pages">As stored, see <see cref="CampaignDeliveryState.Pages"/>.</param>
/// <param name="open">As stored, see <see cref="CampaignDeliveryState.Open"/>.</param>
public sealed class DeliveryTotals(byte[] pages, byte[] open)
{
    private const int PageBytes = 6;

    private byte[] _pages = (byte[])pages.Clone();
    private byte[] _open = (byte[])open.Clone();

    /// <summary>The sum over all pages.</summary>
    public PageDelivery Sum { get; private set; } = Add(pages);

    /// <summary>The pages that may be ahead.</summary>
    public IReadOnlyList<int> OpenPages() => [.. Enumerable.Range(0, _open.Length * 8).Where(IsOpen)];

    /// <summary>Notes that a page may be ahead; false when that was known.</summary>
    public bool Open(int page)
    {
        if (IsOpen(page))
            return false;
        if (page / 8 >= _open.Length)
            Array.Resize(ref _open, page / 8 + 1);
        _open[page / 8] |= (byte)(1 << page % 8);
        return true;
    }

    /// <summary>Notes that a page is not ahead; false when that was known.</summary>
    public bool Close(int page)
    {
        if (!IsOpen(page))
            return false;
        _open[page / 8] &= (byte)~(1 << page % 8);
        return true;
    }

    /// <summary>Takes the figures of a page; false when they were known.</summary>
    public bool Set(int page, PageDelivery delivery)
    {
        var before = Read(_pages, page);
        var after = PageDelivery.Newest(before, delivery);
        if (after == before)
            return false;
        if ((page + 1) * PageBytes > _pages.Length)
            Array.Resize(ref _pages, (page + 1) * PageBytes);
        var bytes = _pages.AsSpan(page * PageBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)after.Delivered);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)after.Decided);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)after.Resolved);
        Sum = new()
        {
            Delivered = Sum.Delivered + after.Delivered - before.Delivered,
            Decided = Sum.Decided + after.Decided - before.Decided,
            Resolved = Sum.Resolved + after.Resolved - before.Resolved,
        };
        return true;
    }

    /// <summary>What to store: a copy, which later changes do not reach.</summary>
    public CampaignDeliveryState State() => new() { Pages = (byte[])_pages.Clone(), Open = (byte[])_open.Clone() };

    private bool IsOpen(int page) => page / 8 < _open.Length && (_open[page / 8] & 1 << page % 8) != 0;

    private static PageDelivery Read(byte[] pages, int page)
    {
        if ((page + 1) * PageBytes > pages.Length)
            return default;
        var bytes = pages.AsSpan(page * PageBytes);
        return new()
        {
            Delivered = BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            Decided = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            Resolved = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        };
    }

    private static PageDelivery Add(byte[] pages)
    {
        var (delivered, decided, resolved) = (0, 0, 0);
        for (var page = 0; page < pages.Length / PageBytes; page++)
        {
            var figures = Read(pages, page);
            (delivered, decided, resolved) = (delivered + figures.Delivered, decided + figures.Decided, resolved + figures.Resolved);
        }

        return new() { Delivered = delivered, Decided = decided, Resolved = resolved };
    }
}

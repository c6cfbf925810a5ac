using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Messaging;
using Connect.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The rules of one recipient page. Pure: progress in, progress out.</summary>
public static class PageRules
{
    /// <summary>Recipients of a page: the unit of debit and send.</summary>
    public const int PageSize = 500;

    /// <summary>
    /// Marks every row; those of <paramref name="optedOut"/> (rising) are left out. The parts are those counted at the import; rows that an earlier version imported are rendered and counted
    /// here. What it needs is then fixed: a later change of the part rule does not reach it.
    /// </summary>
    public static PageProgress Prepare(PageProgress progress, ImmutableArray<ImportedRecipient> rows, TextTemplate text, PartRule rule, ImmutableArray<ulong> optedOut)
    {
        if (progress.Phase != PagePhase.Untouched)
            return progress;
        var marks = new byte[rows.Length];
        var (optedOutNow, tooLongNow) = (0, 0);
        var same = text.Fields.Count == 0 ? Count(text.Text, rule) : default;
        for (var row = 0; row < marks.Length; row++)
        {
            if (rows[row].Status != RecipientStatus.Pending)
            {
                marks[row] = Mark.Of(rows[row].Status, 0);
            }
            else if (IsIn(optedOut, rows[row].Number))
            {
                marks[row] = Mark.Of(RecipientStatus.SkippedOptedOut, 0);
                optedOutNow++;
            }
            else if (rows[row].Parts > 0)
            {
                marks[row] = Mark.Of(RecipientStatus.Pending, rows[row].Parts);
            }
            else
            {
                marks[row] = text.Fields.Count == 0 ? same : Count(text.Render(rows[row].Values), rule);
                if (Mark.Status(marks[row]) == RecipientStatus.SkippedTooLong)
                    tooLongNow++;
            }
        }

        return progress with { Phase = PagePhase.Prepared, Marks = marks, OptedOut = optedOutNow, TooLong = tooLongNow };
    }

    /// <summary>Leaves out those who opted out while the page waited, of the rows that were paid and not handed over; their credits go back.</summary>
    public static PageProgress OptOut(PageProgress progress, ImmutableArray<ImportedRecipient> rows, ImmutableArray<ulong> optedOut)
    {
        if (optedOut.IsEmpty)
            return progress;
        var marks = (byte[])progress.Marks.Clone();
        var count = 0;
        for (var row = progress.HandedTo; row < marks.Length; row++)
        {
            if (Mark.Status(marks[row]) != RecipientStatus.Pending || !IsIn(optedOut, rows[row].Number))
                continue;
            marks[row] = Mark.With(marks[row], RecipientStatus.SkippedOptedOut);
            count++;
        }

        return count == 0 ? progress : progress with { Marks = marks, OptedOut = progress.OptedOut + count };
    }

    /// <summary>Credits of the rows that are to be paid, in order.</summary>
    public static ImmutableArray<int> Payable(PageProgress progress)
    {
        var credits = ImmutableArray.CreateBuilder<int>(progress.Marks.Length);
        foreach (var mark in progress.Marks)
        {
            if (Mark.Status(mark) == RecipientStatus.Pending)
                credits.Add(Mark.Parts(mark));
        }

        return credits.DrainToImmutable();
    }

    /// <summary>Takes the account's answer: the first <paramref name="accepted"/> payable rows are paid, the others are not sent for want of credits.</summary>
    public static PageProgress Answer(PageProgress progress, int accepted)
    {
        var marks = (byte[])progress.Marks.Clone();
        var paid = 0;
        var isShort = false;
        for (var row = 0; row < marks.Length; row++)
        {
            if (Mark.Status(marks[row]) != RecipientStatus.Pending || paid++ < accepted)
                continue;
            marks[row] = Mark.With(marks[row], RecipientStatus.NotSentOutOfCredits);
            isShort = true;
        }

        return progress with { Phase = PagePhase.HandingOver, Marks = marks, Short = isShort };
    }

    /// <summary>After a crash in the middle of a hand-over: what may have been handed over is unknown, and never sent again.</summary>
    public static PageProgress Interrupted(PageProgress progress)
    {
        if (progress.HandingTo <= progress.HandedTo)
            return progress;
        var marks = Change(progress.Marks, progress.HandedTo, progress.HandingTo, RecipientStatus.Unknown);
        return progress with { Marks = marks, HandedTo = progress.HandingTo };
    }

    /// <summary>The row after the next window: the one behind the next <paramref name="size"/> paid rows; the end of the page when there are no more.</summary>
    public static int WindowEnd(PageProgress progress, int size)
    {
        var row = progress.HandedTo;
        for (var paid = 0; row < progress.Marks.Length && paid < size; row++)
        {
            if (Mark.Status(progress.Marks[row]) == RecipientStatus.Pending)
                paid++;
        }

        return row;
    }

    /// <summary>
    /// Takes the outcomes of a window. Rows of it that still wait were surely not taken, so the marker is drawn back to the first of them; but one that something was <paramref name="reported"/>
    /// about was taken, whatever the gateway says, and is not handed over again.
    /// </summary>
    public static PageProgress Outcomes(PageProgress progress, byte[] marks, byte[]? reported)
    {
        marks = (byte[])marks.Clone();
        var next = progress.HandingTo;
        for (var row = progress.HandingTo - 1; row >= progress.HandedTo; row--)
        {
            if (Mark.Status(marks[row]) != RecipientStatus.Pending)
                continue;
            if (reported is not null && reported[row] != 0)
                marks[row] = Mark.With(marks[row], RecipientStatus.Unknown);
            else
                next = row;
        }

        return progress with { Marks = marks, HandedTo = next, HandingTo = next };
    }

    /// <summary>Whether anything can be reported about a row: it was handed over, or may have been.</summary>
    public static bool IsReportable(PageProgress progress, int row) => row >= 0 && row < progress.Marks.Length && Mark.Status(progress.Marks[row]) switch
    {
        RecipientStatus.Sent or RecipientStatus.Unknown => true,
        RecipientStatus.Pending => row >= progress.HandedTo && row < progress.HandingTo,
        _ => false,
    };

    /// <summary>Whether anything was reported about any row.</summary>
    public static bool HasReports(PageProgress progress) => Array.Exists(progress.Marks, mark => Mark.Delivery(mark) != DeliveryState.None);

    /// <summary>Adds what was reported, a <see cref="DeliveryState"/> for each row. It does no harm to add the same again, so whatever is saved takes along all that was ever reported.</summary>
    public static PageProgress Reported(PageProgress progress, byte[]? reported)
    {
        if (reported is null)
            return progress;
        byte[]? marks = null;
        for (var row = 0; row < progress.Marks.Length; row++)
        {
            var state = (DeliveryState)reported[row];
            if (state <= Mark.Delivery(progress.Marks[row]) || !IsReportable(progress, row))
                continue;
            marks ??= (byte[])progress.Marks.Clone();
            marks[row] = Mark.With(marks[row], state);
        }

        return marks is null ? progress : progress with { Marks = marks };
    }

    /// <summary>What was reported about a page, in figures. A row whose outcome is still open does not count.</summary>
    public static PageDelivery Delivery(ReadOnlySpan<byte> marks)
    {
        var (delivered, decided, resolved) = (0, 0, 0);
        foreach (var mark in marks)
        {
            if (mark < 1 << 6 || Mark.Status(mark) == RecipientStatus.Pending)
                continue;
            if (Mark.Delivery(mark) != DeliveryState.Passed)
                decided++;
            if (Mark.Delivery(mark) == DeliveryState.Delivered)
                delivered++;
            if (Mark.IsResolved(mark))
                resolved++;
        }

        return new() { Delivered = delivered, Decided = decided, Resolved = resolved };
    }

    /// <summary>Whether any paid row waits to be handed over.</summary>
    public static bool IsHandedOver(PageProgress progress)
    {
        for (var row = progress.HandedTo; row < progress.Marks.Length; row++)
        {
            if (Mark.Status(progress.Marks[row]) == RecipientStatus.Pending)
                return false;
        }

        return true;
    }

    /// <summary>The rows that are paid and wait to be handed over.</summary>
    public static IEnumerable<int> Waiting(PageProgress progress) =>
        Enumerable.Range(progress.HandedTo, progress.Marks.Length - progress.HandedTo).Where(row => Mark.Status(progress.Marks[row]) == RecipientStatus.Pending);

    /// <summary>The campaign was cancelled before the rest was handed over: it is not sent, and its credits go back.</summary>
    public static PageProgress Withdraw(PageProgress progress) =>
        progress with { Marks = Change(progress.Marks, progress.HandedTo, progress.Marks.Length, RecipientStatus.NotSentCanceled) };

    /// <summary>Every row has its outcome: what was paid for and not taken is to be given back.</summary>
    public static PageProgress Finish(PageProgress progress)
    {
        var refund = 0;
        foreach (var mark in progress.Marks)
        {
            // Who had opted out before the debit has no parts, and was not paid for.
            if (Mark.Status(mark) is RecipientStatus.Failed or RecipientStatus.NotSentCanceled or RecipientStatus.SkippedOptedOut)
                refund += Mark.Parts(mark);
        }

        return progress with
        {
            Phase = refund > 0 ? PagePhase.Reversing : PagePhase.Settled,
            HandedTo = progress.Marks.Length,
            HandingTo = progress.Marks.Length,
            Refund = refund,
        };
    }

    /// <summary>
    /// The figures of a page. Until the account has answered nothing counts: the page may never be reached. What reports have changed since is left out: a campaign adds it for all its pages.
    /// </summary>
    public static PageFigures Figures(PageProgress progress)
    {
        if (progress.Phase < PagePhase.HandingOver)
            return default;
        Span<int> rows = stackalloc int[16];
        Span<int> parts = stackalloc int[16];
        rows.Clear();
        parts.Clear();
        foreach (var mark in progress.Marks)
        {
            rows[mark & 15]++;
            parts[mark & 15] += Mark.Parts(mark);
        }

        return new()
        {
            Sent = rows[(int)RecipientStatus.Sent],
            Failed = rows[(int)RecipientStatus.Failed],
            TooLong = progress.TooLong,
            OptedOut = progress.OptedOut,
            Unknown = rows[(int)RecipientStatus.Unknown],
            Credits = parts[(int)RecipientStatus.Sent] + parts[(int)RecipientStatus.Unknown] + parts[(int)RecipientStatus.Pending],
        };
    }

    /// <summary>
    /// What a row is shown as. A page that the send never reached keeps its rows as they were imported, whatever was counted ahead; <paramref name="unreached"/> says what became of those that wait.
    /// </summary>
    public static (RecipientStatus Status, int Credits) Shown(PageProgress progress, ImportedRecipient row, int index, RecipientStatus unreached)
    {
        if (progress.Phase < PagePhase.HandingOver)
            return row.Status == RecipientStatus.Pending ? (unreached, progress.Phase == PagePhase.Prepared ? Mark.Parts(progress.Marks[index]) : row.Parts) : (row.Status, 0);
        var mark = progress.Marks[index];
        var status = Mark.Shown(mark);
        return (status, status == RecipientStatus.SkippedOptedOut ? 0 : Mark.Parts(mark));
    }

    private static bool IsIn(ImmutableArray<ulong> rising, ulong number) => !rising.IsEmpty && rising.BinarySearch(number) >= 0;

    /// <summary>Parts of a rendered text: 1 to 3, or 0 when it can not be sent.</summary>
    public static int Parts(string text, PartRule rule)
    {
        var parts = string.IsNullOrWhiteSpace(text) ? 0 : PartCounter.Parts(text, rule);
        return parts <= PartCounter.MaxParts ? parts : 0;
    }

    private static byte Count(string text, PartRule rule) =>
        Parts(text, rule) is var parts && parts > 0 ? Mark.Of(RecipientStatus.Pending, parts) : Mark.Of(RecipientStatus.SkippedTooLong, 0);

    private static byte[] Change(byte[] marks, int from, int to, RecipientStatus status)
    {
        var changed = (byte[])marks.Clone();
        for (var row = from; row < to; row++)
        {
            if (Mark.Status(changed[row]) == RecipientStatus.Pending)
                changed[row] = Mark.With(changed[row], status);
        }

        return changed;
    }
}

using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The rules of one recipient page. Pure: progress in, progress out.</summary>
public static class PageRules
{
    /// <summary>Recipients of a page: the unit of debit and send.</summary>
    public const int PageSize = 500;

    /// <summary>Renders and counts every row, and marks it. What it needs is then fixed: a later change of the part rule does not reach it.</summary>
    public static PageProgress Prepare(PageProgress progress, ImmutableArray<ImportedRecipient> rows, TextTemplate text, PartRule rule)
    {
        if (progress.Phase != PagePhase.Untouched)
            return progress;
        var marks = new byte[rows.Length];
        var same = text.Fields.Count == 0 ? Count(text.Text, rule) : default;
        for (var row = 0; row < marks.Length; row++)
        {
            if (rows[row].Status != RecipientStatus.Pending)
                marks[row] = Mark.Of(rows[row].Status, 0);
            else
                marks[row] = text.Fields.Count == 0 ? same : Count(text.Render(rows[row].Values), rule);
        }

        return progress with { Phase = PagePhase.Prepared, Marks = marks };
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

    /// <summary>The campaign was cancelled before the rest was handed over: it is not sent, and its credits go back.</summary>
    public static PageProgress Withdraw(PageProgress progress) =>
        progress with { Marks = Change(progress.Marks, progress.HandedTo, progress.Marks.Length, RecipientStatus.NotSentCanceled) };

    /// <summary>Every row has its outcome: what was paid for and not taken is to be given back.</summary>
    public static PageProgress Finish(PageProgress progress)
    {
        var refund = 0;
        foreach (var mark in progress.Marks)
        {
            if (Mark.Status(mark) is RecipientStatus.Failed or RecipientStatus.NotSentCanceled)
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

    /// <summary>The figures of a page. Until the account has answered nothing counts: the page may never be reached.</summary>
    public static PageFigures Figures(PagePhase phase, ReadOnlySpan<byte> marks)
    {
        if (phase < PagePhase.HandingOver)
            return default;
        Span<int> rows = stackalloc int[16];
        Span<int> parts = stackalloc int[16];
        rows.Clear();
        parts.Clear();
        foreach (var mark in marks)
        {
            rows[mark & 15]++;
            parts[mark & 15] += Mark.Parts(mark);
        }

        return new()
        {
            Sent = rows[(int)RecipientStatus.Sent],
            Failed = rows[(int)RecipientStatus.Failed],
            TooLong = rows[(int)RecipientStatus.SkippedTooLong],
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
            return row.Status == RecipientStatus.Pending ? (unreached, PreparedParts(progress, index)) : (row.Status, 0);
        var mark = progress.Marks[index];
        return (Mark.Status(mark), Mark.Parts(mark));
    }

    private static int PreparedParts(PageProgress progress, int index) => progress.Phase == PagePhase.Prepared ? Mark.Parts(progress.Marks[index]) : 0;

    private static byte Count(string text, PartRule rule)
    {
        var parts = string.IsNullOrWhiteSpace(text) ? 0 : PartCounter.Parts(text, rule);
        return parts is >= 1 and <= PartCounter.MaxParts ? Mark.Of(RecipientStatus.Pending, parts) : Mark.Of(RecipientStatus.SkippedTooLong, 0);
    }

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

using System.Collections.Immutable;
using System.Text.Json;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Messaging;
using CsCheck;

namespace Connect.Grains.Tests.Campaigns.Engine;

public sealed class PageRulesTests
{
    // A row for each digit: that many parts, 0 for a malformed number, 4 for a text that is too long.
    private static PageProgress Prepared(string rows) => PageRules.Prepare(new(), [.. rows.Select(Row)], new("{x}"), PartRule.Flat, []);

    private static ImportedRecipient Row(char parts, int index) => parts == '0'
        ? new() { Given = "?", Status = RecipientStatus.SkippedInvalidNumber }
        : new() { Number = 61400000000 + (ulong)index, Values = [new string('x', (parts - '0') * 160)] };

    private static string Shown(PageProgress progress) => string.Concat(progress.Marks.Select(mark => Mark.Status(mark) switch
    {
        RecipientStatus.Pending => 'p',
        RecipientStatus.Sent => 's',
        RecipientStatus.Failed => 'f',
        RecipientStatus.Unknown => 'u',
        RecipientStatus.NotSentOutOfCredits => 'o',
        RecipientStatus.NotSentCanceled => 'c',
        _ => '-',
    }));

    private static PageProgress With(PageProgress progress, string outcomes) => progress with
    {
        Marks = [.. progress.Marks.Select((mark, row) => outcomes[row] switch
        {
            's' => Mark.With(mark, RecipientStatus.Sent),
            'f' => Mark.With(mark, RecipientStatus.Failed),
            'u' => Mark.With(mark, RecipientStatus.Unknown),
            _ => mark,
        })],
        HandedTo = progress.Marks.Length,
    };

    [Fact]
    public void Each_rendered_text_is_counted_and_skipped_rows_are_not_paid()
    {
        var progress = Prepared("1032410");
        Assert.Equal("p-pp-p-", Shown(progress));
        Assert.Equal([1, 3, 2, 1], PageRules.Payable(progress).AsEnumerable());
        Assert.Equal(PagePhase.Prepared, progress.Phase);
    }

    [Fact]
    public void What_was_counted_once_is_not_counted_again_by_another_rule()
    {
        var progress = Prepared("22");
        Assert.Same(progress, PageRules.Prepare(progress, [], new("{x}"), PartRule.Carrier, []));
    }

    [Theory]
    [InlineData(0, "o-oo-o-", true)]
    [InlineData(1, "p-oo-o-", true)]
    [InlineData(3, "p-pp-o-", true)]
    [InlineData(4, "p-pp-p-", false)]
    public void The_accounts_answer_is_a_prefix_less_the_skipped(int accepted, string shown, bool isShort)
    {
        var progress = PageRules.Answer(Prepared("1032410"), accepted);
        Assert.Equal((shown, isShort, PagePhase.HandingOver), (Shown(progress), progress.Short, progress.Phase));
    }

    [Fact]
    public void A_window_ends_behind_so_many_paid_rows()
    {
        var progress = PageRules.Answer(Prepared("1032410"), 4);
        Assert.Equal([1, 3, 4, 6, 7, 7], new[] { 1, 2, 3, 4, 5, 500 }.Select(size => PageRules.WindowEnd(progress, size)));
        Assert.Equal(6, PageRules.WindowEnd(progress with { HandedTo = 3 }, 2));
        Assert.False(PageRules.IsHandedOver(progress with { HandedTo = 5 }));
        Assert.True(PageRules.IsHandedOver(progress with { HandedTo = 6 }));
    }

    [Fact]
    public void A_crash_makes_unknown_what_the_marker_covers_and_nothing_else()
    {
        var progress = PageRules.Answer(Prepared("1111111"), 6) with { HandedTo = 2, HandingTo = 4 };
        var after = PageRules.Interrupted(progress);
        Assert.Equal(("ppuuppo", 4), (Shown(after), after.HandedTo));
        Assert.Same(after, PageRules.Interrupted(after));
    }

    [Fact]
    public void A_withdrawn_page_keeps_what_was_handed_over_and_refunds_the_rest()
    {
        var progress = PageRules.Answer(Prepared("1233"), 4) with { HandedTo = 1, HandingTo = 2 };
        var after = PageRules.Finish(PageRules.Withdraw(PageRules.Interrupted(progress)));
        Assert.Equal(("pucc", 6, PagePhase.Reversing), (Shown(after), after.Refund, after.Phase));
    }

    [Fact]
    public void What_was_refused_is_refunded_and_a_page_without_refusals_is_settled()
    {
        var answered = PageRules.Answer(Prepared("1230"), 3);
        var refused = PageRules.Finish(With(answered, "sfu-"));
        Assert.Equal((2, PagePhase.Reversing), (refused.Refund, refused.Phase));
        Assert.Equal(new PageFigures { Sent = 1, Failed = 1, Unknown = 1, Credits = 4 }, PageRules.Figures(refused));
        var sent = PageRules.Finish(With(answered, "sss-"));
        Assert.Equal((0, PagePhase.Settled), (sent.Refund, sent.Phase));
    }

    [Fact]
    public void A_page_that_was_only_prepared_counts_nothing_and_shows_its_rows_as_imported()
    {
        var prepared = Prepared("104");
        Assert.Equal(default, PageRules.Figures(prepared));
        Assert.Equal((RecipientStatus.NotSentOutOfCredits, 1), PageRules.Shown(prepared, Row('1', 0), 0, RecipientStatus.NotSentOutOfCredits));
        Assert.Equal((RecipientStatus.SkippedInvalidNumber, 0), PageRules.Shown(prepared, Row('0', 1), 1, RecipientStatus.NotSentOutOfCredits));
        Assert.Equal((RecipientStatus.NotSentOutOfCredits, 0), PageRules.Shown(prepared, Row('4', 2), 2, RecipientStatus.NotSentOutOfCredits));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 9, false)]
    [InlineData(240, 10, true)]
    public void A_window_without_a_clear_answer_or_with_ten_unclear_ones_at_last_has_met_no_gateway(int answered, int lostAtLast, bool lost) =>
        Assert.Equal(lost, WindowSize.IsLost(answered, lostAtLast));

    [Fact]
    public void Windows_grow_with_a_quick_gateway_and_shrink_with_a_slow_one()
    {
        Assert.Equal(100, WindowSize.Next(50, TimeSpan.FromMilliseconds(99), 250));
        Assert.Equal(250, WindowSize.Next(200, TimeSpan.Zero, 250));
        Assert.Equal(50, WindowSize.Next(50, TimeSpan.FromMilliseconds(300), 250));
        Assert.Equal(25, WindowSize.Next(50, TimeSpan.FromMilliseconds(501), 250));
        Assert.Equal(10, WindowSize.Next(12, TimeSpan.FromSeconds(9), 250));
        Assert.Equal(5, WindowSize.Next(5, TimeSpan.FromSeconds(9), 5));
    }

    /// <summary>Whatever the account accepts and the gateway answers, every row has one outcome and every accepted credit is used or refunded.</summary>
    [Fact]
    public void No_row_and_no_credit_is_lost() => Gen.Select(Gen.Char['0', '4'].Array[1, 60], Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 60], Gen.Bool).Sample(
        (rows, accepted, handed, handing, withdraw) =>
        {
            var prepared = Prepared(new string(rows));
            var payable = PageRules.Payable(prepared);
            var paid = payable.Take(accepted).Sum();
            var progress = PageRules.Answer(prepared, Math.Min(accepted, payable.Length));
            progress = progress with { HandedTo = Math.Min(handed, rows.Length), HandingTo = Math.Min(Math.Max(handed, handing), rows.Length) };
            progress = progress with
            {
                Marks = [.. progress.Marks.Select((mark, row) =>
                    row < progress.HandedTo && Mark.Status(mark) == RecipientStatus.Pending ? Mark.With(mark, row % 3 == 0 ? RecipientStatus.Failed : RecipientStatus.Sent) : mark)],
            };
            progress = PageRules.Interrupted(progress);
            if (withdraw)
                progress = PageRules.Finish(PageRules.Withdraw(progress));
            else
                progress = PageRules.Finish(With(progress, new string([.. progress.Marks.Select(mark => Mark.Status(mark) == RecipientStatus.Pending ? 's' : ' ')])));
            var figures = PageRules.Figures(progress);
            var notSent = progress.Marks.Count(mark => Mark.Status(mark) is RecipientStatus.NotSentCanceled or RecipientStatus.NotSentOutOfCredits);
            var skipped = rows.Count(parts => parts is '0' or '4');
            return figures.Credits + progress.Refund == paid
                && figures.Sent + figures.Failed + figures.Unknown + notSent + skipped == rows.Length
                && figures.TooLong == rows.Count(parts => parts == '4');
        });

    [Fact]
    public void Rows_come_back_from_their_bytes() => Gen.Select(Gen.ULong[0, 999_999_999_999_999], Gen.String, Gen.Int[0, 2], Gen.String.Array[0, 3]).Array[0, 50].Sample(rows =>
    {
        var given = rows.Select(row => new ImportedRecipient
        {
            Number = row.Item3 == 0 ? 0 : row.Item1,
            Given = row.Item3 == 0 ? Valid(row.Item2) : null,
            Status = row.Item3 switch { 0 => RecipientStatus.SkippedInvalidNumber, 1 => RecipientStatus.SkippedDuplicate, _ => RecipientStatus.Pending },
            Values = row.Item4.Length == 0 ? null : [.. row.Item4.Select(Valid)],
        }).ToArray();
        var read = RecipientCodec.Decode(RecipientCodec.Encode(given));
        return read.Length == given.Length && read.Zip(given).All(pair =>
            pair.First with { Values = null } == pair.Second with { Values = null } && (pair.First.Values ?? []).SequenceEqual(pair.Second.Values ?? []));
    });

    [Fact]
    public void Bytes_and_texts_stored_by_the_first_version_are_still_read()
    {
        var rows = RecipientCodec.Decode(Convert.FromHexString("0103" + "00" + "80E2D9DDE401" + "01" + "03416E61" + "04" + "013F" + "00" + "05" + "81E2D9DDE401" + "00"));
        Assert.Equal((61_399_789_824UL, "Ana", RecipientStatus.Pending), (rows[0].Number, rows[0].Values![0], rows[0].Status));
        Assert.Equal(("?", RecipientStatus.SkippedInvalidNumber), (rows[1].Given, rows[1].Status));
        Assert.Equal((61_399_789_825UL, RecipientStatus.SkippedDuplicate), (rows[2].Number, rows[2].Status));
        var progress = JsonSerializer.Deserialize<PageProgress>("""{"Phase":2,"Marks":"ERY=","Short":true,"HandedTo":1,"HandingTo":2,"Refund":0,"Revision":3,"Writer":"w"}""")!;
        Assert.Equal(
            (PagePhase.HandingOver, RecipientStatus.Sent, 1, RecipientStatus.SkippedOptedOut, 1, 2, 3L),
            (progress.Phase, Mark.Status(progress.Marks[0]), Mark.Parts(progress.Marks[0]), Mark.Status(progress.Marks[1]), progress.HandedTo, progress.HandingTo, progress.Revision));
    }

    private static string Valid(string text) => new([.. text.Where(character => !char.IsSurrogate(character))]);

    [Fact]
    public void A_marker_is_drawn_back_to_the_first_row_that_was_not_taken_unless_something_was_reported_about_it()
    {
        var progress = PageRules.Answer(Prepared("11111111"), 8) with { HandedTo = 1, HandingTo = 6 };
        var marks = With(progress, "pspspspp").Marks;
        var done = PageRules.Outcomes(progress, marks, null);
        Assert.Equal((2, 2, "pspspspp"), (done.HandedTo, done.HandingTo, Shown(done)));
        Assert.Same(done, PageRules.Interrupted(done));
        var reported = new byte[PageRules.PageSize];
        reported[2] = (byte)DeliveryState.Passed;
        var proven = PageRules.Outcomes(progress, marks, reported);
        Assert.Equal((4, "psuspspp"), (proven.HandedTo, Shown(proven)));
        Assert.Equal((6, 6), PageRules.Outcomes(progress, With(progress, "psssssps").Marks, null) is var all ? (all.HandedTo, all.HandingTo) : default);
    }

    [Fact]
    public void Only_what_may_have_been_handed_over_can_be_reported_and_counts_once_its_outcome_is_known()
    {
        var progress = With(PageRules.Answer(Prepared("1111101"), 6), "sfuppp-") with { HandedTo = 3, HandingTo = 4 };
        Assert.Equal([0, 2, 3], Enumerable.Range(-1, 9).Where(row => PageRules.IsReportable(progress, row)));
        var reported = new byte[PageRules.PageSize];
        Array.Fill(reported, (byte)DeliveryState.Delivered);
        var with = PageRules.Reported(progress, reported);
        Assert.Same(with, PageRules.Reported(with, reported));
        Assert.Equal(new() { Delivered = 2, Decided = 2, Resolved = 1 }, PageRules.Delivery(with.Marks));
        Assert.Equal(new() { Delivered = 3, Decided = 3, Resolved = 2 }, PageRules.Delivery(PageRules.Interrupted(with).Marks));
        Assert.Equal(PageRules.Figures(progress), PageRules.Figures(with));
    }

    [Fact]
    public void Who_opts_out_after_the_debit_is_left_out_and_refunded_and_who_did_before_was_never_paid_for()
    {
        var rows = "12321".Select(Row).ToArray();
        var prepared = PageRules.Prepare(new(), [.. rows], new("{x}"), PartRule.Flat, [61400000001]);
        Assert.Equal([1, 3, 2, 1], PageRules.Payable(prepared).AsEnumerable());
        var progress = PageRules.OptOut(With(PageRules.Answer(prepared, 4), "s----") with { HandedTo = 1, HandingTo = 1 }, [.. rows], [61400000000, 61400000002]);
        var done = PageRules.Finish(progress);
        Assert.Equal((3, 2), (done.Refund, done.OptedOut));
        Assert.Equal((RecipientStatus.SkippedOptedOut, 0), PageRules.Shown(done, rows[2], 2, RecipientStatus.Pending));
        Assert.Same(progress, PageRules.OptOut(progress, [.. rows], [61400000002]));
    }
}

using System.Text.Json;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Campaigns.Engine;

public sealed class EditRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static CampaignState Draft(string text = "Hi {name}", long rows = 1_300, CampaignStatus status = CampaignStatus.Draft, bool importing = false, string? copyOf = null) => new()
    {
        Draft = new() { Name = "Old", Text = text, Actor = "ana", ScheduledAt = Noon.AddHours(-1), DuplicateOf = copyOf },
        Status = status,
        Total = rows,
        Importing = importing,
        Imported = new ImportFigures { Credits = rows },
    };

    private static CampaignOutcome Edit(CampaignState state, EditCampaign edit) => EditRules.Edit(state, edit, Noon, PartRule.Flat);

    [Theory]
    [InlineData("", null, CampaignOutcome.InvalidName)]
    [InlineData(" ", null, CampaignOutcome.InvalidName)]
    [InlineData(null, "", CampaignOutcome.EmptyText)]
    [InlineData(null, "{city}", CampaignOutcome.UnknownFields)]
    [InlineData(null, "{city|Ulm}", CampaignOutcome.UnknownFields)]
    [InlineData("New", "{NAME}", CampaignOutcome.Done)]
    [InlineData(null, "None", CampaignOutcome.Done)]
    [InlineData(null, null, CampaignOutcome.Done)]
    public void A_name_and_a_text_are_looked_at_as_in_a_new_draft(string? name, string? text, CampaignOutcome expected) =>
        Assert.Equal(expected, Edit(Draft(), new() { Name = name, Text = text, Actor = "ana" }));

    [Fact]
    public void A_name_of_over_100_characters_and_a_text_of_over_three_parts_are_refused()
    {
        Assert.Equal(CampaignOutcome.InvalidName, Edit(Draft(), new() { Name = new('x', 101), Actor = "ana" }));
        Assert.Equal(CampaignOutcome.Done, Edit(Draft(), new() { Name = new('x', 100), Text = new('x', 480), Actor = "ana" }));
        Assert.Equal(CampaignOutcome.MessageTooLong, Edit(Draft(), new() { Text = new('x', 481), Actor = "ana" }));
        Assert.Equal(CampaignOutcome.MessageTooLong, Edit(Draft(), new() { Text = new('x', 2_001), Actor = "ana" }));
    }

    [Theory]
    [InlineData(CampaignStatus.Draft, CampaignOutcome.Done)]
    [InlineData(CampaignStatus.Scheduled, CampaignOutcome.Done)]
    [InlineData(CampaignStatus.Sending, CampaignOutcome.AlreadyStarted)]
    [InlineData(CampaignStatus.Completed, CampaignOutcome.Ended)]
    [InlineData(CampaignStatus.StoppedOutOfCredits, CampaignOutcome.Ended)]
    [InlineData(CampaignStatus.Canceled, CampaignOutcome.Ended)]
    public void Only_what_does_not_send_yet_can_be_changed(CampaignStatus status, CampaignOutcome expected)
    {
        Assert.Equal(expected, Edit(Draft(status: status), new() { Name = "New", Actor = "ana" }));
        Assert.Equal(CampaignOutcome.UnknownCampaign, Edit(new(), new() { Name = "New", Actor = "ana" }));
    }

    [Fact]
    public void A_time_must_not_be_past_unless_it_is_the_one_there_is_and_is_either_given_or_taken_away()
    {
        Assert.Equal(CampaignOutcome.Done, Edit(Draft(), new() { ScheduledAt = Noon.AddHours(-1), Actor = "ana" }));
        Assert.Equal(CampaignOutcome.InvalidSchedule, Edit(Draft(), new() { ScheduledAt = Noon.AddTicks(-1), Actor = "ana" }));
        Assert.Equal(CampaignOutcome.Done, Edit(Draft(), new() { ScheduledAt = Noon, Actor = "ana" }));
        Assert.Equal(CampaignOutcome.InvalidSchedule, Edit(Draft(), new() { ScheduledAt = Noon, ClearSchedule = true, Actor = "ana" }));
    }

    [Fact]
    public void While_rows_are_added_the_text_stays_and_the_name_may_change()
    {
        Assert.Equal(CampaignOutcome.StillImporting, Edit(Draft(importing: true), new() { Text = "Bye", Actor = "ana" }));
        Assert.Equal(CampaignOutcome.StillImporting, Edit(Draft(rows: 0, importing: true, copyOf: "c0"), new() { Text = "Bye", Actor = "ana" }));
        Assert.Equal(CampaignOutcome.Done, Edit(Draft(importing: true), new() { Name = "New", Text = "Hi {name}", Actor = "ana" }));
        Assert.Equal(CampaignOutcome.Done, Edit(Draft(rows: 0, importing: true), new() { Text = "{city}", Actor = "ana" }));
    }

    [Fact]
    public void Nothing_new_changes_nothing()
    {
        var state = Draft();
        Assert.Same(state, EditRules.Edited(state, new() { Actor = "ana" }));
        Assert.Same(state, EditRules.Edited(state, new() { Name = "Old", Text = "Hi {name}", ScheduledAt = Noon.AddHours(-1), Actor = "ana" }));
    }

    [Fact]
    public void Another_text_begins_a_count_and_keeps_the_fields_of_the_rows()
    {
        var once = EditRules.Edited(Draft(), new() { Text = "Bye", Actor = "ana" });
        Assert.Equal((1, new Recount { Edition = 1 }, 0), (once.Edition, once.Recount, once.Imported!.Value.Credits));
        Assert.Equal(["name"], once.Draft!.Fields!.Value.AsEnumerable());
        var twice = EditRules.Edited(once, new() { Text = "Bye {name}", Name = "New", Actor = "ana" });
        Assert.Equal((2, 2, "New", "Old"), (twice.Edition, twice.Recount!.Edition, twice.Draft!.Name, twice.Original!.Name));
        Assert.Equal(["name"], twice.Draft.Fields!.Value.AsEnumerable());
    }

    [Fact]
    public void What_was_counted_for_a_text_that_was_changed_again_is_let_go()
    {
        var figures = new ImportFigures { Credits = 7, SkippedBy = new() { TooLong = 2 } };
        var first = EditRules.Edited(Draft(), new() { Text = "Bye", Actor = "ana" });
        var half = EditRules.Counted(first, first.Recount!, 2, figures);
        Assert.Equal((2, 7, 7), (half.Recount!.NextPage, half.Recount.Figures.Credits, half.Imported!.Value.Credits));
        Assert.Same(half, EditRules.Counted(half, first.Recount!, 2, figures));
        var again = EditRules.Edited(half, new() { Text = "Bye bye", Actor = "ana" });
        Assert.Same(again, EditRules.Counted(again, half.Recount, 1, figures));
        var whole = EditRules.Counted(half, half.Recount, 1, figures);
        Assert.Equal((null, 14, 4, 4), (whole.Recount, whole.Imported!.Value.Credits, whole.SkippedAtImport, whole.Imported.Value.SkippedBy.TooLong));
    }

    [Fact]
    public void A_change_is_read_as_it_was_stored()
    {
        var state = EditRules.Edited(Draft(), new() { Text = "Bye", Actor = "ana" });
        var read = JsonSerializer.Deserialize<CampaignState>(JsonSerializer.Serialize(state))!;
        Assert.Equal(JsonSerializer.Serialize(state), JsonSerializer.Serialize(read));
        Assert.Equal((state.Recount, 1, "Hi {name}"), (read.Recount, read.Edition, read.Original!.Text));
        Assert.Null(read.Original.Fields);
    }
}

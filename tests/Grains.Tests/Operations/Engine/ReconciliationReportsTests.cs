using Connect.Accounts;
using Connect.Grains.Operations.Engine;
using Connect.Operations;

namespace Connect.Grains.Tests.Operations.Engine;

public sealed class ReconciliationReportsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Who_asks_while_a_run_on_demand_waits_or_runs_gets_that_one()
    {
        var waits = ReconciliationReports.Queue(new(), ReconciliationKind.OnDemand, "kate", Noon);
        Assert.Same(waits, ReconciliationReports.Queue(waits, ReconciliationKind.OnDemand, "anna", Noon));
        var runs = ReconciliationReports.Begin(waits, Noon);
        Assert.Same(runs, ReconciliationReports.Queue(runs, ReconciliationKind.OnDemand, "anna", Noon));
        Assert.Equal(("1", "kate"), (ReconciliationReports.OnDemand(runs)!.Id, ReconciliationReports.OnDemand(runs)!.Actor));
        var ended = ReconciliationReports.End(runs, ReconciliationStatus.Completed, null, Noon);
        Assert.Null(ReconciliationReports.OnDemand(ended));
        Assert.Equal("2", ReconciliationReports.OnDemand(ReconciliationReports.Queue(ended, ReconciliationKind.OnDemand, "anna", Noon))!.Id);
    }

    [Fact]
    public void Who_asks_while_a_run_of_the_reminder_is_under_way_gets_the_next_one()
    {
        var runs = ReconciliationReports.Begin(ReconciliationReports.Queue(new(), ReconciliationKind.Hourly, "reminder", Noon), Noon);
        var asked = ReconciliationReports.Queue(runs, ReconciliationKind.OnDemand, "kate", Noon);
        Assert.Equal(("2", ReconciliationStatus.Queued), (ReconciliationReports.OnDemand(asked)!.Id, ReconciliationReports.OnDemand(asked)!.Status));
        Assert.Equal(ReconciliationStatus.Running, asked.Reports.Single(report => report.Id == "1").Status);
    }

    [Fact]
    public void A_run_of_the_reminder_that_waits_becomes_the_one_that_is_asked_for()
    {
        var waits = ReconciliationReports.Queue(new(), ReconciliationKind.Hourly, "reminder", Noon);
        var asked = ReconciliationReports.Queue(waits, ReconciliationKind.OnDemand, "kate", Noon);
        var report = Assert.Single(asked.Reports);
        Assert.Equal(("1", ReconciliationKind.OnDemand, "kate"), (report.Id, report.Kind, report.Actor));
        var begun = ReconciliationReports.Begin(asked, Noon);
        Assert.Equal((RunStage.Accounts, Noon.AddDays(-35)), (begun.Run!.Stage, begun.Reports[0].Since));
    }

    [Fact]
    public void Only_a_run_on_demand_begins_with_the_accounts() =>
        Assert.Equal(RunStage.Intents, ReconciliationReports.Begin(ReconciliationReports.Queue(new(), ReconciliationKind.Daily, "reminder", Noon), Noon).Run!.Stage);

    [Fact]
    public void Accounts_are_summed_and_those_with_something_wrong_are_counted_and_the_first_fifty_named()
    {
        var report = ReconciliationReports.Queue(new(), ReconciliationKind.OnDemand, "kate", Noon).Reports[0];
        var good = new AccountCheck { AccountId = "good", Entries = 3, FromLedger = new() { Granted = 10, Spent = 4, Available = 6 }, FromGrain = new(), Findings = [] };
        for (var i = 0; i < 2; i++) report = ReconciliationReports.Check(report, $"good-{i}", good, null);
        for (var i = 0; i < 30; i++) report = ReconciliationReports.Check(report, $"wrong-{i}", good with { Findings = ["It is wrong."] }, null);
        for (var i = 0; i < 30; i++) report = ReconciliationReports.Check(report, $"silent-{i}", null, "No answer.");

        var accounts = report.Accounts!;
        Assert.Equal((62L, 96L, 60L), (accounts.Accounts, accounts.Entries, accounts.FindingCount));
        Assert.Equal(new CreditTotals { Granted = 320, Spent = 128, Available = 192 }, accounts.Totals);
        Assert.Equal(50, accounts.Findings.Length);
        Assert.Equal(("wrong-0", "It is wrong."), (accounts.Findings[0].AccountId, Assert.Single(accounts.Findings[0].Messages)));
        Assert.Equal(("silent-19", "The account could not be checked: No answer."), (accounts.Findings[^1].AccountId, Assert.Single(accounts.Findings[^1].Messages)));
    }

    [Fact]
    public void The_accounts_are_through_when_none_waits_to_be_looked_at_again()
    {
        var report = ReconciliationReports.Queue(new(), ReconciliationKind.OnDemand, "kate", Noon).Reports[0];
        var run = new RunProgress { ReportId = "1" };
        Assert.True(ReconciliationReports.EndOfAccounts(report, run).Accounts!.Ended);
        var waits = new Suspect { Stage = RunStage.Accounts, AccountId = "a", Kind = PaymentFindingKind.NotCompared, Words = "No answer." };
        Assert.False(ReconciliationReports.EndOfAccounts(report, run with { Suspects = [waits] }).Accounts!.Ended);
        Assert.True(ReconciliationReports.EndOfAccounts(report, run with { Suspects = [waits with { Stage = RunStage.Grants }] }).Accounts!.Ended);
    }

    [Fact]
    public void A_report_that_names_accounts_outlives_quiet_ones()
    {
        var state = Ended(new(), report => ReconciliationReports.Check(report, "wrong", null, "No answer."));
        for (var i = 0; i < 60; i++) state = Ended(state, report => report);
        Assert.Equal(50, state.Reports.Length);
        Assert.Equal("1", state.Reports[^1].Id);
    }

    private static ReconciliationState Ended(ReconciliationState state, Func<ReconciliationReport, ReconciliationReport> found)
    {
        var runs = ReconciliationReports.Begin(ReconciliationReports.Queue(state, ReconciliationKind.OnDemand, "kate", Noon), Noon);
        return ReconciliationReports.End(ReconciliationReports.With(runs, runs.Run!.ReportId, found), ReconciliationStatus.Completed, null, Noon);
    }
}

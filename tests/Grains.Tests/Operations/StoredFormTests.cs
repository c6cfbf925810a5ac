using System.Text.Json;
using Connect.Grains.Operations.Engine;
using Connect.Operations;

namespace Connect.Grains.Tests.Operations;

/// <summary>States that an earlier version stored must be readable for ever. Samples are added, never changed.</summary>
public sealed class StoredFormTests
{
    private const string ReconciliationV1 =
        """
        {"Count":2,"Reports":[{"Id":"2","Kind":1,"Status":1,"Actor":"reminder","Since":"2026-10-18T12:00:00+00:00","Until":"2026-11-22T11:55:00+00:00","StartedAt":"2026-11-22T12:00:00+00:00",
        "EndedAt":null,"Intents":100,"MoneyBack":0,"Grants":0,"PurchasesChecked":99,"Healed":1,"HealedPurchases":["a/p"],"FindingCount":1,"Findings":[{"Kind":4,"Words":"twice","Purchase":"a/q",
        "IntentId":"pi_2","MoneyBackId":null}],"Failure":null}],"Run":{"ReportId":"2","Stage":0,"After":"pi_100","AfterGrant":{"AccountId":"a","Sequence":7,"At":"2026-11-01T00:00:00+00:00"},
        "Suspects":[{"Stage":1,"IntentId":"pi_3","MoneyBackId":"re_1","Purchase":"a/r","Kind":7,"Words":"open"}],"Rounds":1,"Failures":2},"LongAt":"2026-11-21T12:00:00+00:00"}
        """;

    [Fact]
    public void A_run_under_way_of_the_first_version_is_read_and_written_the_same()
    {
        var state = JsonSerializer.Deserialize<ReconciliationState>(ReconciliationV1)!;
        var report = Assert.Single(state.Reports);
        Assert.Equal((ReconciliationKind.Daily, ReconciliationStatus.Running, 99L, "a/p"), (report.Kind, report.Status, report.PurchasesChecked, report.HealedPurchases[0]));
        Assert.Equal((PaymentFindingKind.SecondPayment, "pi_2"), (report.Findings[0].Kind, report.Findings[0].IntentId));
        Assert.Equal((RunStage.Intents, "pi_100", 7L, RunStage.Refunds), (state.Run!.Stage, state.Run.After, state.Run.AfterGrant!.Sequence, state.Run.Suspects[0].Stage));
        var written = ReconciliationV1.ReplaceLineEndings("").Replace("\"Failures\":2}", "\"Failures\":2,\"SavedAt\":null}", StringComparison.Ordinal)
            .Replace("\"Failure\":null}", "\"Failure\":null,\"Accounts\":null}", StringComparison.Ordinal).Replace("\"Words\":\"open\"}", "\"Words\":\"open\",\"AccountId\":null}", StringComparison.Ordinal);
        Assert.Equal(written, JsonSerializer.Serialize(state));
        Assert.Empty(JsonSerializer.Deserialize<ReconciliationState>("{}")!.Reports);
    }
}

using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

public sealed class ReconciliationTests
{
    [Fact]
    public async Task A_run_on_demand_compares_payments_both_ways_and_is_remembered()
    {
        await using var api = await RunningApi.Start();
        var (owner, staff, purchase) = await MoneyBackTests.Bought("reconciled", api);
        (await staff.Post("/v1/operator/accounts/reconciled/grants", new { credits = 5, reason = "a gift" }, "g")).Ok();
        var intent = (await staff.Get($"/v1/operator/accounts/reconciled/purchases/{purchase}")).Ok().Json["purchase"]!["paymentIntentId"]!.GetValue<string>();
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 360 })).Ok();

        var run = (await staff.Post("/v1/operator/reconcile")).Ok();
        Assert.True(run.Json["balanced"]!.GetValue<bool>());
        var payments = run.Json["payments"]!;
        Assert.Equal(("completed", "on_demand", "operator-1"), (payments["status"]!.GetValue<string>(), payments["kind"]!.GetValue<string>(), payments["actor"]!.GetValue<string>()));
        Assert.Equal((1L, 1L, 0L), (payments["intents"]!.GetValue<long>(), payments["grants"]!.GetValue<long>(), payments["findingCount"]!.GetValue<long>()));
        Assert.NotEmpty(intent);

        var list = (await staff.Get("/v1/operator/reconciliations")).Ok().Json["reconciliations"]!.AsArray();
        Assert.Contains(list, report => JsonNode.DeepEquals(report, payments));
        Assert.True(JsonNode.DeepEquals(payments, (await staff.Get($"/v1/operator/reconciliations/{payments["id"]}")).Ok().Json));
        (await staff.Get("/v1/operator/reconciliations/nothing")).Problem(404, "not-found");
        (await owner.Get("/v1/operator/reconciliations")).Problem(403, "operator-required");
        (await owner.Get("/v1/operator/reconciliations/1")).Problem(403, "operator-required");
        (await owner.Post("/v1/operator/reconcile")).Problem(403, "operator-required");
    }

    [Fact]
    public async Task The_reminder_of_a_new_program_reconciles_while_its_clock_is_moved_and_says_when_the_provider_is_away()
    {
        await using var api = await RunningApi.Start(null, "--Stripe:MaxNetworkRetries=0");
        var staff = await api.SignIn("swept", "operator", "operator-1");
        await Poll.Until(async () => await Advance(api, 3_700) > 0 && (await Reports(staff)).Any(report => report!["status"]!.GetValue<string>() == "completed"), "a reminder has reconciled");
        Assert.Contains(await Reports(staff), report => report!["kind"]!.GetValue<string>() == "daily");

        (await api.Anonymous().Post("/sandbox/stripe/faults", new { down = true })).Ok();
        await Advance(api, 3_600);
        await Poll.Until(async () => (await Reports(staff))[0]!["status"]!.GetValue<string>() == "failed", "the run has failed");
        Assert.Contains("Stripe", (await Reports(staff))[0]!["failure"]!.GetValue<string>());
        (await api.Anonymous().Post("/sandbox/stripe/faults", new { down = false })).Ok();
        Assert.Equal("completed", (await staff.Post("/v1/operator/reconcile")).Ok().Json["payments"]!["status"]!.GetValue<string>());
    }

    private static async Task<long> Advance(RunningApi api, long seconds)
    {
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds })).Ok();
        return seconds;
    }

    private static async Task<JsonArray> Reports(Client staff) => (await staff.Get("/v1/operator/reconciliations")).Ok().Json["reconciliations"]!.AsArray();
}

using Connect.Api.Tests.Support;
using Connect.Grains.Idempotency;
using Connect.Idempotency;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Api.Tests;

/// <summary>What happens when something behind the API fails.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task While_the_database_is_locked_the_caller_is_told_to_repeat_and_nothing_happens_twice()
    {
        var directory = Directory.CreateTempSubdirectory("credits-locked-").FullName;
        try
        {
            await using var api = await RunningApi.Start(directory);
            await api.AccountWith(10, "locked");
            var staff = await api.SignIn("locked", "operator");
            await using (var other = new SqliteConnection($"Data Source={Path.Combine(directory, "credits.db")};Pooling=False"))
            {
                await other.OpenAsync();
                await using var command = other.CreateCommand();
                command.CommandText = "BEGIN EXCLUSIVE";
                await command.ExecuteNonQueryAsync();
                var refused = (await staff.Post("/v1/operator/accounts/locked/grants", new { credits = 5, reason = "r" }, "k1")).Problem(503, "account-unavailable");
                Assert.Equal("1", refused.Headers["Retry-After"]);
            }
            await Poll.Until(async () => (int)(await staff.Post("/v1/operator/accounts/locked/grants", new { credits = 5, reason = "r" }, "k1")).Status == 200, "the grant is posted");
            Assert.Equal(15, (await staff.Get("/v1/accounts/locked/credits")).Ok().Number("available"));
            Assert.True((await staff.Post("/v1/operator/reconcile")).Ok().Json["balanced"]!.GetValue<bool>());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_claim_whose_owner_is_gone_is_taken_over_after_its_lease_and_the_late_owner_keeps_nothing()
    {
        await using var api = await RunningApi.Start();
        var key = api.Services.GetRequiredService<IGrainFactory>().GetGrain<IIdempotencyGrain>("a/op/k");
        var first = await key.Begin("body");
        Assert.Equal(ClaimOutcome.Started, first.Outcome);
        Assert.Equal(ClaimOutcome.Running, (await key.Begin("body")).Outcome);
        Assert.Equal(ClaimOutcome.OtherContent, (await key.Begin("other")).Outcome);

        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = IdempotencyGrain.Lease.TotalSeconds + 1 })).Ok();
        var second = await key.Begin("body");
        Assert.Equal(ClaimOutcome.Started, second.Outcome);
        await key.Complete(first.Claim, Answer("late"));
        await key.Release(first.Claim);
        Assert.Equal(ClaimOutcome.Running, (await key.Begin("body")).Outcome);
        await key.Complete(second.Claim, Answer("kept"));
        Assert.Equal("kept", System.Text.Encoding.UTF8.GetString((await key.Begin("body")).Answer!.Body.AsSpan()));

        static StoredAnswer Answer(string body) => new() { Status = 200, Body = [.. System.Text.Encoding.UTF8.GetBytes(body)] };
    }
}

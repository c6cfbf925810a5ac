using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class IdempotencyTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Theory]
    [InlineData("purchases")]
    [InlineData("campaigns/c1/send")]
    [InlineData("automations/welcome/messages")]
    public async Task A_request_that_moves_credits_or_money_needs_a_key(string path) =>
        (await (await api.SignIn("key-1")).Post($"/v1/accounts/key-1/{path}", new { })).Problem(400, "idempotency-key-required", "Idempotency-Key");

    [Fact]
    public async Task An_operator_needs_a_key_too()
    {
        var staff = await api.SignIn("key-1", "operator");
        (await staff.Post("/v1/operator/accounts/key-1/grants", new { credits = 1, reason = "r" })).Problem(400, "idempotency-key-required");
        (await staff.Post("/v1/operator/accounts/key-1/voids", new { batchId = 1, reason = "r" })).Problem(400, "idempotency-key-required");
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused() =>
        (await (await api.SignIn("key-1")).Post("/v1/accounts/key-1/purchases", new { quoteId = "q" }, new string('k', 201))).Problem(400, "validation", "Idempotency-Key");

    [Fact]
    public async Task The_same_key_and_body_get_the_first_answer_byte_for_byte_and_happen_once()
    {
        var staff = await api.SignIn("key-2", "operator");
        var first = (await Grant(staff, "key-2", 5, "k1")).Ok();
        var again = (await Grant(staff, "key-2", 5, "k1")).Ok();
        Assert.Equal(first.Body, again.Body);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal(5, await Available(staff, "key-2"));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        var staff = await api.SignIn("key-3", "operator");
        (await Grant(staff, "key-3", 5, "k1")).Ok();
        (await Grant(staff, "key-3", 6, "k1")).Problem(422, "operation-id-reused");
        Assert.Equal(5, await Available(staff, "key-3"));
    }

    [Fact]
    public async Task Many_at_once_with_one_key_happen_once()
    {
        var staff = await api.SignIn("key-4", "operator");
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Grant(staff, "key-4", 5, "k1")));
        foreach (var reply in replies.Where(reply => (int)reply.Status != 200))
            Assert.Equal("1", reply.Problem(409, "idempotency-key-in-use").Headers["Retry-After"]);
        Assert.Contains(replies, reply => (int)reply.Status == 200);
        Assert.Equal(5, await Available(staff, "key-4"));
    }

    [Fact]
    public async Task A_refusal_that_changed_nothing_frees_the_key()
    {
        var staff = await api.SignIn("key-5", "operator");
        (await Grant(staff, "key-5", -1, "k1")).Problem(400, "validation", "credits");
        (await Grant(staff, "key-5", 7, "k1")).Ok();
        Assert.Equal(7, await Available(staff, "key-5"));
    }

    [Fact]
    public async Task A_key_belongs_to_one_account_and_one_operation()
    {
        var staff = await api.SignIn("key-6", "operator");
        await api.SignIn("key-7");
        (await Grant(staff, "key-6", 5, "k1")).Ok();
        (await Grant(staff, "key-7", 6, "k1")).Ok();
        (await staff.Post("/v1/operator/accounts/key-6/voids", new { batchId = 2, reason = "r" }, "k1")).Ok();
        Assert.Equal(0, await Available(staff, "key-6"));
        Assert.Equal(6, await Available(staff, "key-7"));
    }

    [Fact]
    public async Task Somebody_without_access_can_not_occupy_a_key()
    {
        var stranger = await api.SignIn("key-8");
        await api.SignIn("key-9");
        (await Grant(stranger, "key-9", 5, "k1")).Problem(403, "operator-required");
        var staff = await api.SignIn("key-9", "operator");
        (await Grant(staff, "key-9", 6, "k1")).Ok();
    }

    private static Task<Reply> Grant(Client client, string accountId, long credits, string key) =>
        client.Post($"/v1/operator/accounts/{accountId}/grants", new JsonObject { ["credits"] = credits, ["reason"] = "for the test" }, key);

    private static async Task<long> Available(Client client, string accountId) => (await client.Get($"/v1/accounts/{accountId}/credits")).Ok().Number("available");
}

using Connect.Campaigns;
using Connect.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Kannel.Tests.Support;

/// <summary>One account of a running program: what its people do over HTTP, and what its campaigns say of themselves.</summary>
internal sealed class Desk : IDisposable
{
    private readonly KannelProgram program;
    private readonly CreditsClient operators;

    private Desk(KannelProgram program, CreditsClient client, CreditsClient operators) => (this.program, Client, this.operators) = (program, client, operators);

    public CreditsClient Client { get; }

    public static async Task<Desk> Open(KannelProgram program, string account, long credits)
    {
        var desk = new Desk(program, await CreditsClient.SignIn(program.Url, account), await CreditsClient.SignIn(program.Url, account, "operator"));
        await desk.operators.Post($"/v1/operator/accounts/{account}/grants", new { credits, reason = "for the test" });
        return desk;
    }

    public async Task<string> Draft(string name, string text, IEnumerable<object> recipients) =>
        (await Client.Post("campaigns", new { name, text, recipients })).GetProperty("id").GetString()!;

    public Task Send(string id) => Client.Post($"campaigns/{id}/send");

    public async Task<CampaignView> View(string id) => (await program.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>($"{Client.Account}/{id}").Get())!;

    public Task<CampaignView> Until(string what, string id, Func<CampaignView, bool> reached) => Eventually.Of(what, () => View(id), reached);

    public Task<CampaignView> End(string id) =>
        Until($"campaign {id} ends", id, view => view.Status is CampaignStatus.Completed or CampaignStatus.StoppedOutOfCredits or CampaignStatus.Canceled);

    public Task<CampaignView> Delivered(string id, long count) => Until($"{count} are delivered", id, view => view.Delivered >= count);

    public async Task ExpectConservation()
    {
        var check = (await operators.Get($"/v1/operator/accounts/{Client.Account}")).GetProperty("check");
        Assert.Equal(0, check.GetProperty("findings").GetArrayLength());
    }

    public void Dispose()
    {
        Client.Dispose();
        operators.Dispose();
    }
}

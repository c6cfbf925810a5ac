using Connect.Api.Application;

namespace Connect.Api.Sandbox;

/// <summary>Opens accounts that the sandbox is asked for.</summary>
public sealed class SandboxAccounts(GrainCalls calls)
{
    /// <summary>Operation id under which the sandbox opens an account.</summary>
    public const string OpenOperation = "open";

    /// <summary>Opens the account unless it is open.</summary>
    public Task Open(string accountId) =>
        GrainCalls.Repeat(() => calls.Account(accountId).Open(new() { OperationId = OpenOperation, Reference = accountId }));
}

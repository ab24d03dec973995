//! What a user does on both chains.

use std::{sync::Arc, time::Duration};

use alloy::sol_types::SolCall as _;
use alloy_primitives::{Address, Bytes, U256, address, hex};
use endgame_agent::{
    AgentError, Call, TxInfo, TxManager,
    withdraw::{self, Withdrawal},
};
use endgame_contracts::l1::IOptimismPortal;
use endgame_devnet::DEV_KEYS;
use tokio::time::{Instant, sleep};

use crate::{
    ScenarioError,
    stage::{PATIENCE, Stage},
    voice::ether,
};

/// Where the withdrawal goes on L1: nobody has sent anything there before.
pub(crate) const SAVINGS: Address = address!("5a71265a71265a71265a71265a71265a71265a71");
const FRIEND: Address = address!("f1e00df1e00df1e00df1e00df1e00df1e00df1e0");
/// Gas that the deposit buys on L2.
const DEPOSIT_GAS: u64 = 100_000;
/// Gas for what the withdrawal calls on L1.
const WITHDRAWAL_GAS: u64 = 100_000;
/// A signature for the precompile at address 1: hash, v, r, s.
const SIGNATURE: [u8; 128] = hex!(
    "456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3"
    "000000000000000000000000000000000000000000000000000000000000001c"
    "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"
    "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"
);

/// What the user has left behind.
pub(crate) struct Life {
    /// The user's account on L1.
    pub(crate) user: Arc<TxManager>,
    /// The withdrawal that waits for an output root.
    pub(crate) withdrawal: Withdrawal,
    /// How much it is, in wei.
    pub(crate) amount: U256,
    /// The L2 block of the user's last transaction, after the withdrawal's.
    pub(crate) last_block: u64,
}

/// A user comes with nothing on L2, deposits, transacts and starts a withdrawal; then the L2 comes
/// to rest, all of it posted and derived, and L1 mines at once.
pub(crate) async fn live(stage: &Stage) -> Result<Life, ScenarioError> {
    let narrator = &stage.narrator;
    // The first of the development accounts that plays no other part.
    let [.., key, _, _] = DEV_KEYS;
    let user = stage.on_l1("user", key).await?;

    narrator.act("A user deposits on L1");
    let deposit = eth(10);
    let tx = user
        .send(&deposit_call(stage, user.account(), deposit))
        .await?;
    tell(stage, format!("user deposits {}", ether(deposit)), tx);
    wait_for_balance(stage, user.account(), deposit).await?;
    narrator.say(format_args!("L2 has credited {}", ether(deposit)));

    narrator.act("The user transacts on L2");
    let on_l2 = stage.on_l2("user", key).await?;
    for number in 1..=3 {
        let call = Call {
            key: format!("transfer/{number}"),
            what: "pay a friend".to_owned(),
            to: FRIEND,
            data: Bytes::new(),
            value: eth(1),
            gas: None,
        };
        let tx = on_l2.send(&call).await?;
        tell(
            stage,
            format!("user pays a friend {}", ether(call.value)),
            tx,
        );
    }

    narrator.act("The user starts a withdrawal on L2");
    let amount = eth(2);
    let (tx, withdrawal) = withdraw::initiate(
        &on_l2,
        "savings",
        SAVINGS,
        amount,
        WITHDRAWAL_GAS,
        Bytes::new(),
    )
    .await?;
    tell(stage, format!("user withdraws {}", ether(amount)), tx);
    let call = Call {
        key: "ecrecover".to_owned(),
        what: "have a signature checked".to_owned(),
        to: Address::with_last_byte(1),
        data: SIGNATURE.into(),
        value: U256::ZERO,
        gas: None,
    };
    let tx = on_l2.send(&call).await?;
    tell(stage, "user has a signature checked".to_owned(), tx);

    let last = stage.devnet.finish_l2(PATIENCE).await?;
    narrator.say(format_args!(
        "L2 rests at block {}, all of it derived from L1 by program kona",
        last.header.number
    ));
    stage.devnet.set_instant_mining(true).await?;
    Ok(Life {
        user,
        withdrawal,
        amount,
        last_block: tx.block,
    })
}

pub(crate) fn eth(n: u64) -> U256 {
    U256::from(n) * U256::from(10u64).pow(U256::from(18))
}

fn deposit_call(stage: &Stage, to: Address, value: U256) -> Call {
    Call {
        key: "deposit".to_owned(),
        what: "deposit".to_owned(),
        to: stage.devnet.addresses().optimism_portal,
        data: IOptimismPortal::depositTransactionCall {
            to,
            value,
            gasLimit: DEPOSIT_GAS,
            isCreation: false,
            data: Bytes::new(),
        }
        .abi_encode()
        .into(),
        value,
        gas: None,
    }
}

async fn wait_for_balance(
    stage: &Stage,
    account: Address,
    wanted: U256,
) -> Result<(), ScenarioError> {
    let l2 = stage.l2_rpc()?;
    let started = Instant::now();
    while l2.balance(account).await? < wanted {
        if started.elapsed() > PATIENCE {
            return Err(AgentError::TimedOut {
                what: format!("the deposit to {account} on L2"),
                after: PATIENCE,
            }
            .into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

pub(crate) fn tell(stage: &Stage, what: String, tx: TxInfo) {
    stage.narrator.transaction(what, tx.hash, tx.gas_used);
}
